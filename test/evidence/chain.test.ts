import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVIDENCE_KEY } from '../../src/evidence/chain/evidence-key.js';
import { temporaryFolder } from '../temporary.js';
import { faultsOf, someChain, someDraft, somePictures, verified, writtenChain } from './chains.js';

const dir = temporaryFolder('evidence-chain');
const fresh = (name: string): string => join(dir, name);
const DAY = 86_400_000;

test('records go on where an earlier run ended, each with the hash of the one before it', async () => {
  const at = fresh('restart');
  const folder = await writtenChain(at, 2);
  const chain = await someChain(at);
  assert.equal([chain.head.n, chain.records.map(({ n }) => n), chain.faults], [2, [1, 2], []]);
  const record = await chain.append(someDraft('south'), somePictures(9));
  assert.is(record.prev, chain.records[1]!.hash);
  assert.is((await chain.read(3))!.value.camera, 'south');
  const { faults, records, pictures, head } = await verified(folder);
  assert.equal([faults, records, pictures, head], [[], 3, 6, 3]);
});

test('the private key, records and pictures are their owner’s alone', async () => {
  const at = fresh('modes');
  const folder = await writtenChain(at, 1);
  const modes = [
    join(at, EVIDENCE_KEY),
    join(folder, 'records/0000000001.record'),
    join(folder, 'pictures/0000000001-crop.jpg'),
  ];
  assert.equal(
    modes.map((file) => statSync(file).mode & 0o777),
    [0o600, 0o600, 0o600],
  );
  assert.is(statSync(join(folder, 'pictures')).mode & 0o777, 0o700);
  assert.match(readFileSync(join(folder, 'public-key.pem'), 'utf8'), /^-----BEGIN PUBLIC KEY-----/);
});

test('a kill between a record and the head completes the record; between pictures and record, and in the middle of a file, they go and are counted', async () => {
  const at = fresh('between');
  const folder = await writtenChain(at, 2);
  const head = readFileSync(join(folder, 'head'));
  const longer = await someChain(at);
  await longer.append(someDraft(), somePictures(3));
  await longer.close();
  writeFileSync(join(folder, 'head'), head);
  writeFileSync(join(folder, 'pictures/0000000004-context.jpg'), 'no record came');
  writeFileSync(join(folder, 'records/0000000004.record.part'), '{"half');
  const chain = await someChain(at);
  assert.equal([chain.head.n, chain.counts.interrupted, chain.faults], [3, 1, []]);
  assert.is(readdirSync(join(folder, 'pictures')).length, 6);
  assert.equal(await faultsOf(folder), []);
});

test('a file that a power cut left empty behind the head goes too', async () => {
  const at = fresh('empty');
  const folder = await writtenChain(at, 1);
  writeFileSync(join(folder, 'records/0000000002.record'), '');
  const chain = await someChain(at);
  assert.equal(
    [chain.head.n, chain.counts.interrupted, existsSync(join(folder, 'records/0000000002.record'))],
    [1, 1, false],
  );
  await chain.append(someDraft(), somePictures(2));
  assert.equal(await faultsOf(folder), []);
});

test('what is too old goes once the clock can be believed, and an anchor says so', async () => {
  const at = fresh('age');
  let now = 1_764_000_000_000;
  const bounds = { maxBytes: 2 ** 30, keepMs: 10 * DAY };
  const chain = await someChain(at, { now: () => now, bounds });
  for (let n = 1; n <= 4; n++) {
    await chain.append(someDraft(), somePictures(n));
    for (let hour = 0; hour < 4 * 24; hour++) {
      now += 3_600_000;
      await chain.prune();
    }
  }
  // of days 0, 4, 8 and 12, on day 16
  assert.equal([chain.records.map(({ n }) => n), chain.counts.age, chain.counts.quota], [[3, 4], 2, 0]);
  assert.equal(readdirSync(join(chain.folder, 'pictures')).length, 4);
  const { faults, records, removedByRetention: removed } = await verified(chain.folder);
  assert.equal([faults, records, removed?.n, removed?.age, removed?.quota], [[], 2, 2, 2, 0]);
  now += 400 * DAY;
  await chain.prune();
  assert.is(chain.records.length, 2, 'a clock that leaps is not believed');
});

test('the oldest go where there is no more room, the anchor adds up over restarts, and nothing is ever above the budget', async () => {
  const at = fresh('quota');
  const bounds = { maxBytes: 40_000, keepMs: DAY };
  for (let run = 0; run < 2; run++) {
    const chain = await someChain(at, { bounds });
    for (let n = 1; n <= 5; n++) {
      await chain.append(someDraft(), somePictures(n));
      assert.ok(chain.bytes <= bounds.maxBytes, `${chain.bytes} bytes`);
    }
    await chain.close();
  }
  const chain = await someChain(at, { bounds });
  // each takes three blocks of 4096 bytes
  assert.equal(
    chain.records.map(({ n }) => n),
    [8, 9, 10],
  );
  const { faults, removedByRetention: removed } = await verified(chain.folder);
  assert.equal([faults, removed?.n, removed?.quota], [[], 7, 7]);
  assert.is(
    await chain
      .append(someDraft(), somePictures(1, 60_000))
      .then(String, (error: Error) => /raise evidence.maxMiB/.test(error.message)),
    true,
  );
  assert.is(chain.records.length, 3, 'nothing went for what cannot be kept');
});

test('what retention had begun to remove when it was killed is removed with the next start', async () => {
  const at = fresh('half-removed');
  const folder = await writtenChain(at, 3);
  const record = readFileSync(join(folder, 'records/0000000001.record'));
  const tight = await someChain(at, { bounds: { maxBytes: 26_000, keepMs: DAY } });
  await tight.prune();
  await tight.close();
  writeFileSync(join(folder, 'records/0000000001.record'), record);
  assert.equal(await faultsOf(folder), []);
  const chain = await someChain(at);
  assert.equal(
    [existsSync(join(folder, 'records/0000000001.record')), chain.records.map(({ n }) => n)],
    [false, [2, 3]],
  );
});

test('what no kill explains is a fault, and the chain goes on after its head', async () => {
  const at = fresh('faults');
  const folder = await writtenChain(at, 3);
  rmSync(join(folder, 'records/0000000003.record'));
  const chain = await someChain(at);
  assert.equal(chain.faults, ['1 of the records 1 to 3 are not there']);
  await chain.append(someDraft(), somePictures(4));
  assert.is(chain.head.n, 4);
  assert.equal(await faultsOf(folder), ['removed record 3']);
});

test('what this device signed is never written over, whatever became of the head and of records before', async () => {
  const cases = [
    ['lost', (folder: string) => rmSync(join(folder, 'head'))],
    ['old', (folder: string, old: Buffer) => writeFileSync(join(folder, 'head'), old)],
  ] as const;
  for (const [name, spoil] of cases) {
    const at = fresh(`spoilt-${name}`);
    const folder = await writtenChain(at, 1);
    const old = readFileSync(join(folder, 'head'));
    await writtenChain(at, 4);
    spoil(folder, old);
    writeFileSync(join(folder, 'records/0000000002.record'), 'rotten');
    const chain = await someChain(at);
    assert.equal([chain.head.n, chain.records.map(({ n }) => n)], [5, [1, 2, 3, 4, 5]], name);
    assert.ok(chain.faults.includes('record 3 does not follow record 1'), chain.faults.join('; '));
    await chain.append(someDraft(), somePictures(6));
    assert.equal(await faultsOf(folder), ['changed records/0000000002.record'], name);
    assert.is(readdirSync(join(folder, 'pictures')).length, 12);
  }
});

test('a record that cannot be read goes by retention as any other, and the anchor there is one', async () => {
  const at = fresh('rotten');
  const folder = await writtenChain(at, 3);
  writeFileSync(join(folder, 'records/0000000001.record'), 'rotten');
  const chain = await someChain(at, { bounds: { maxBytes: 25_000, keepMs: 1e10 } });
  await chain.prune();
  assert.equal(
    chain.records.map(({ n }) => n),
    [2, 3],
  );
  assert.equal(await faultsOf(folder), []);
});

test('a chain that another key signed is not gone on with', async () => {
  const at = fresh('other-key');
  await writtenChain(at, 1);
  renameSync(join(at, EVIDENCE_KEY), join(at, 'old.pem'));
  assert.match(
    await someChain(at).then(String, (error: Error) => error.message),
    /was signed with the key [0-9a-f]{16}, and the device's is/,
  );
});

test.run();
