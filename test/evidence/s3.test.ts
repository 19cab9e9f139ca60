import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EvidenceChain } from '../../src/evidence/chain/chain.js';
import { HttpUpload } from '../../src/evidence/push/http-upload.js';
import { PushQueue, type SendRecord } from '../../src/evidence/push/push-queue.js';
import { PushUplink } from '../../src/evidence/push/push-uplink.js';
import { sendAsFiles } from '../../src/evidence/push/send-files.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';
import { someChain, someDraft, somePictures } from './chains.js';
import { someRation } from './rations.js';

const dir = temporaryFolder('evidence-s3');
const endings = endingsOf(test);
/** It has no types. */
const S3RVER: string = '@20minutes/s3rver';
const BUCKET = 'road-evidence';
const SECRET = 'S3RVER';
/** What a signature has to spell as the storage does. */
const PREFIX = "Straße 7/a+b (x)/it's=1,2";

interface Storage {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

/** Storage that speaks S3 and checks signatures, by others. @returns its folder, and what ends it */
async function storage(name: string, port = 0) {
  const { default: S3rver } = (await import(S3RVER)) as { default: new (options: object) => Storage };
  const at = join(dir, name);
  mkdirSync(at, { recursive: true });
  const bucket = { configureBuckets: [{ name: BUCKET }] };
  const it = new S3rver({ port, address: '127.0.0.1', silent: true, directory: at, ...bucket });
  let ended: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ended ??= it.close();
    return ended;
  };
  endings.push(end);
  return { at, end, port: (await it.run()).port };
}

function sendTo(chain: EvidenceChain, port: number, { secret = SECRET, bucket = BUCKET } = {}): SendRecord {
  const uploader = new HttpUpload({
    url: `http://127.0.0.1:${port}/${bucket}`,
    method: 'PUT',
    timeoutMs: 5000,
    s3: { accessKeyId: 'S3RVER', secretAccessKey: secret, region: 'eu-central-1' },
    uplink: new PushUplink({
      urgent: () => ({ waiting: 0, inFlight: 0, isConnected: true }),
      bounds: { leastBytes: 24_000, mostBytes: 2 ** 20, drainS: 60 },
      now: () => performance.now(),
    }),
  });
  endings.unshift(() => uploader.close());
  return sendAsFiles({
    uploader,
    prefix: PREFIX,
    readPicture: (picture) => chain.readPicture(picture),
    ration: someRation(),
  });
}

/** What lies in the bucket, by its name; the storage keeps each object in a file. */
function objectsIn(at: string): Map<string, Buffer> {
  const ENDING = '._S3rver_object';
  const names = (readdirSync(join(at, BUCKET), { recursive: true }) as string[]).filter((name) =>
    name.endsWith(ENDING),
  );
  return new Map(names.map((name) => [name.slice(0, -ENDING.length), readFileSync(join(at, BUCKET, name))]));
}

test('storage that speaks S3 takes each record with its pictures, and what an outage left afterwards', async () => {
  const chain = await someChain(join(dir, 'chain'));
  for (let n = 1; n <= 2; n++) await chain.append(someDraft(), somePictures(n));
  const { end, at, port } = await storage('taken');
  const backoff = { initialMs: 5, maxMs: 20 };
  const pushing = new PushQueue({ chain, to: 's3', send: sendTo(chain, port), backoff, now: () => performance.now() });
  endings.unshift(() => pushing.stop());
  await pushing.start();
  await eventually('two are there', () => pushing.health().waiting === 0);
  await end();
  await chain.append(someDraft(), somePictures(3));
  pushing.wake();
  await eventually('nobody answers', () => pushing.health().problem !== null);
  await storage('taken', port);
  await eventually('the third is there', () => pushing.health().waiting === 0);
  const objects = objectsIn(at);
  assert.is(objects.size, 9);
  for (const [name, content] of objects) {
    const place = `${PREFIX}/demo/cabinet/${chain.id}/`;
    assert.ok(name.startsWith(place), name);
    assert.equal(content, readFileSync(join(chain.folder, name.slice(place.length))));
  }
});

test('a wrong secret and a bucket that is not there are told, and tried again', async () => {
  const chain = await someChain(join(dir, 'refused'));
  await chain.append(someDraft(), somePictures(1));
  const { port, at } = await storage('refused');
  const outcomeOf = async (options: object) =>
    JSON.stringify(await sendTo(chain, port, options)((await chain.read(1))!, new AbortController().signal));
  assert.match(await outcomeOf({ secret: 'another' }), /"later".*403.*SignatureDoesNotMatch/);
  assert.match(await outcomeOf({ bucket: 'none' }), /"later".*404.*NoSuchBucket/);
  assert.is(objectsIn(at).size, 0);
});

test.run();
