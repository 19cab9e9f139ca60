import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { partitionOf, partitionsOf } from '../../src/collector/share/partition-plan.js';
import { noteAccess } from '../../src/evidence/access-log.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { evidenceCommand } from '../../src/runtime/evidence/evidence-command.js';
import { Commands } from '../../src/telemetry/commands/commands.js';
import { generateSigningKey, parsePublicKey } from '../../src/telemetry/commands/keys.js';
import { Cluster } from '../database/postgres/cluster.js';
import { someChain, someDraft, somePictures } from '../evidence/chains.js';
import { freePort } from '../loopback.js';
import { has, where } from '../optional.js';
import { publisherAt } from '../telemetry/mqtt/capture-broker.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { startedChild } from './started-child.js';

const CHILD = fileURLToPath(new URL('./actions/shared-actions-child.js', import.meta.url));
const folder = temporaryFolder('shared-evidence');
const endings = endingsOf(test);
const JPEG = readFileSync(join(PROJECT_ROOT, 'docs/evidence-crop.jpg'));
const COLLECTORS = ['one', 'two'];

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 600) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A device whose messages a collector works on. */
const nameFor = (collector: string): string =>
  Array.from({ length: 100 }, (_, n) => `d${n}`).find((name) =>
    partitionsOf(collector, COLLECTORS).includes(partitionOf(`edge/v1/demo/${name}/status`)),
  )!;

where(
  has('postgres') && has('mosquitto'),
  'postgres or mosquitto',
  test,
)('evidence is shown by the collector that is asked, whoever works on the device, and stays in no table', async () => {
  const key = generateSigningKey();
  const cluster = await Cluster.start();
  await cluster.sql('postgres', 'CREATE DATABASE fleet');
  const sql = (text: string) => cluster.sql('fleet', text);
  const port = await freePort();
  const broker = await mosquitto(folder, port, ['allow_anonymous true']);
  endings.push(() => kill(broker));
  const url = `mqtt://127.0.0.1:${port}`;
  const collector = async (name: string): Promise<{ child: ChildProcess; http: string }> => {
    const env = { KEY: key.privatePem };
    const { child, said } = await startedChild<{ http: string }>(CHILD, [url, cluster.url('fleet'), name], env);
    return { child, http: said.http };
  };
  const both = await Promise.all(COLLECTORS.map(collector));
  const chain = await someChain(join(folder, 'device'));
  await chain.append(
    someDraft('north'),
    somePictures(1).map((picture) => ({ ...picture, data: new Uint8Array(JPEG) })),
  );
  const names = COLLECTORS.map(nameFor);
  for (const name of names) {
    const scope = scopeOf({ site: 'demo', device: name });
    const commands = new Commands({ scope, keys: [parsePublicKey(key.publicText)] });
    const owners = () => [{ tenant: null, chain }];
    commands.declare(evidenceCommand({ owners, note: noteAccess, room: () => 200_000, take: () => true }));
    const publisher = publisherAt(url, {}, { scope, commands });
    publisher.start();
    endings.unshift(() => publisher.stop());
  }
  const ask = (http: string, path: string, body?: object): Promise<Response> =>
    fetch(`${http}${path}`, {
      headers: { authorization: 'Bearer a-token-of-ana-1', 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
  const isHolder = async (http: string): Promise<boolean> =>
    ((await (await ask(http, '/actions')).json()) as { obstacle: string | null }).obstacle === null;
  await until('one can be asked', async () => (await isHolder(both[0]!.http)) || (await isHolder(both[1]!.http)));
  await until(
    'the devices are known',
    async () => (await sql('SELECT 1 FROM fleet.devices WHERE online = 1')).length === 2,
  );
  const [holder, other] = (await isHolder(both[0]!.http)) ? both : [...both].reverse();
  for (const name of names) {
    const path = `/devices/demo/${name}/evidence/ask`;
    const refused = await ask(other!.http, path, { limit: 5 });
    assert.is(refused.status, 409);
    assert.match(await refused.text(), 'carries the actions of this fleet out');
    const list = await ask(holder!.http, path, { limit: 5 });
    const text = await list.text();
    assert.is(list.status, 200, text);
    const [{ id }] = (JSON.parse(text) as { records: [{ id: string }] }).records;
    const picture = await ask(holder!.http, `${path}/picture`, { id, picture: 'crop' });
    assert.is(picture.status, 200);
    assert.ok(Buffer.from(await picture.arrayBuffer()).equals(JPEG), 'the picture is the one of the device');
  }
  await until('nothing is left of the answers', async () => {
    const left = 'SELECT 1 FROM fleet.answers UNION ALL SELECT 1 FROM fleet.inbox';
    return (await sql(left)).length === 0;
  });
  const kept = await sql('SELECT body FROM fleet.command_results');
  assert.is(kept.length, 4);
  assert.ok(kept.every(({ body }) => !String(body).includes(JPEG.toString('base64').slice(0, 64))));
  const audit = await sql('SELECT what FROM fleet.audit ORDER BY n');
  assert.equal(
    audit.map(({ what }) => what),
    names.flatMap(() => ['asked', 'answered', 'asked', 'answered']),
  );
  for (const { child } of both) {
    const ended = once(child, 'exit');
    child.send('stop');
    await ended;
  }
  await chain.close();
});

test.run();
