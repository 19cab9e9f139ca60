import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ArtifactKey, CompiledArtifacts } from '../../../src/detect/artifacts/compiled-artifacts.js';
import { temporaryFolder } from '../../temporary.js';

const root = temporaryFolder('artifacts');
const KEY: ArtifactKey = {
  modelSha256: 'aa'.repeat(32),
  provider: 'cpu',
  runtime: 'onnxruntime-node 1.29.0',
  cpuFlags: 'avx2 fma',
  driver: null,
  gpu: null,
};
const other = (model: string): ArtifactKey => ({ ...KEY, modelSha256: model.repeat(32) });

function artifacts(name: string, maxBytes = 1000, now = () => Date.now()) {
  const folder = join(root, name);
  return { folder, store: new CompiledArtifacts({ folder, maxBytes }, now) };
}

async function keep(store: CompiledArtifacts, key: ArtifactKey, content: string): Promise<boolean> {
  const temporary = store.begin(key)!;
  writeFileSync(temporary, content);
  return store.keep(key, temporary);
}

test('what was kept is found, under a name that ends with its sha256, and nothing else is left', async () => {
  const { folder, store } = artifacts('kept');
  assert.is(await store.find(KEY), null);
  assert.is(await keep(store, KEY, 'compiled'), true);
  const file = await store.find(KEY);
  assert.is(readFileSync(file!, 'utf8'), 'compiled');
  assert.is(readdirSync(folder).length, 1);
  assert.match(readdirSync(folder)[0]!, /^a{16}-cpu-[0-9a-f]{16}-[0-9a-f]{64}\.onnx$/);
});

test('a damaged one is removed and counted', async () => {
  const { folder, store } = artifacts('damaged');
  await keep(store, KEY, 'compiled');
  writeFileSync((await store.find(KEY))!, 'compilex');
  assert.is(await store.find(KEY), null);
  assert.is(store.counters.damaged, 1);
  assert.equal(readdirSync(folder), []);
});

test('one made for another ONNX Runtime or processor is removed; another model’s stays', async () => {
  const { folder, store } = artifacts('mismatch');
  await keep(store, KEY, 'compiled');
  await keep(store, other('bb'), 'of another model');
  assert.is(await store.find({ ...KEY, runtime: 'onnxruntime-node 1.30.0' }), null);
  assert.is(store.counters.mismatched, 1);
  assert.equal(
    readdirSync(folder).map((name) => name.slice(0, 2)),
    ['bb'],
  );
});

test('the least recently used leave when there is no room', async () => {
  let now = 1_700_000_000_000;
  const { store } = artifacts('bounded', 25, () => (now += 60_000));
  await keep(store, other('a1'), '0123456789');
  await keep(store, other('b2'), '0123456789');
  await store.find(other('a1'));
  await keep(store, other('c3'), '0123456789');
  assert.is(store.counters.evicted, 1);
  assert.is.not(await store.find(other('a1')), null);
  assert.is(await store.find(other('b2')), null);
  assert.is.not(await store.find(other('c3')), null);
});

test('of two workers that compile the same at once the first keeps, and the other leaves nothing', async () => {
  const { folder, store } = artifacts('race');
  await keep(store, KEY, 'of the first');
  assert.is(await keep(store, KEY, 'of the second'), true);
  assert.is(readFileSync((await store.find(KEY))!, 'utf8'), 'of the first');
  assert.is(readdirSync(folder).length, 1);
});

test('one that is larger than all may be together is not kept', async () => {
  const { folder, store } = artifacts('large', 5);
  assert.is(await keep(store, KEY, '0123456789'), false);
  assert.is(store.counters.unwritable, 1);
  assert.equal(readdirSync(folder), []);
});

test('where the folder cannot be written there is nothing to begin, and nothing is thrown', async () => {
  writeFileSync(join(root, 'file'), '');
  const { store } = artifacts('file/inside');
  assert.is(store.begin(KEY), null);
  assert.is(store.folderFor(KEY), null);
  assert.is(await store.find(KEY), null);
  assert.is(store.counters.unwritable, 2);
});

test('what a worker left that died while writing is removed after an hour', async () => {
  const { folder, store } = artifacts('abandoned');
  const temporary = store.begin(KEY)!;
  writeFileSync(temporary, 'half');
  await store.find(KEY);
  assert.is(readdirSync(folder).length, 1);
  utimesSync(temporary, 1_700_000_000, 1_700_000_000);
  await store.find(KEY);
  assert.equal(readdirSync(folder), []);
});

test('a folder of engines counts with its files and leaves with them', async () => {
  let now = 1_700_000_000_000;
  const { folder, store } = artifacts('engines', 25, () => (now += 60_000));
  const engines = store.folderFor({ ...KEY, provider: 'tensorrt', driver: 'NVIDIA 550', gpu: 'A2' })!;
  mkdirSync(join(engines, 'deeper'));
  writeFileSync(join(engines, 'deeper', 'one.engine'), '01234567890123456789');
  utimesSync(engines, now / 1000, now / 1000);
  await keep(store, other('b2'), '0123456789');
  assert.is(store.counters.evicted, 1);
  assert.equal(
    readdirSync(folder).map((name) => name.slice(0, 2)),
    ['b2'],
  );
});

test.run();
