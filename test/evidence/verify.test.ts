import { appendFileSync, copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSigned } from '../../src/evidence/chain/chain-files.js';
import { evidenceKey } from '../../src/evidence/chain/evidence-key.js';
import { evidenceRecord } from '../../src/evidence/chain/record.js';
import { fileOf, signText } from '../../src/evidence/chain/signed-text.js';
import { generateSigningKey, parsePrivateKey, publicKeyText } from '../../src/telemetry/commands/keys.js';
import { temporaryFolder } from '../temporary.js';
import { faultsOf, someChain, someDraft, somePictures, verified, writtenChain } from './chains.js';

const dir = temporaryFolder('evidence-verify');
const whole = await writtenChain(join(dir, 'whole'), 5);
let copies = 0;

/** The whole chain with something done to it. @param change is given the folder and the path of a record */
function changed(change: (folder: string, record: (n: number) => string) => void): string {
  const folder = join(dir, `copy-${copies++}`);
  cpSync(whole, folder, { recursive: true });
  change(folder, (n) => join(folder, `records/000000000${n}.record`));
  return folder;
}

const rewritten = (file: string, from: string | RegExp, to: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

test('a chain as it was written is right', async () => {
  assert.equal(await faultsOf(whole), []);
  assert.equal((await verified(whole)).removedByRetention, null);
});

test('a changed record is found, whatever was changed in it', async () => {
  const changes: [string | RegExp, string][] = [
    ['"camera":"north"', '"camera":"south"'],
    ['"score":0.91', '"score":0.92'],
    ['{"', '{ "'],
    [/\n$/, '\n\n'],
    [/\n[^\n]{4}/, '\nAAAA'],
  ];
  for (const [from, to] of changes) {
    const folder = changed((_, record) => rewritten(record(3), from, to));
    assert.equal(await faultsOf(folder), ['changed records/0000000003.record'], `${from}`);
  }
});

test('a removed record is found: in the middle, at the beginning, at the end, and all of them', async () => {
  const without = (...numbers: number[]) =>
    changed((folder, record) => {
      for (const n of numbers) {
        rmSync(record(n));
        for (const role of ['context', 'crop']) rmSync(join(folder, `pictures/000000000${n}-${role}.jpg`));
      }
    });
  assert.equal(await faultsOf(without(3)), ['removed record 3']);
  assert.equal(await faultsOf(without(2, 3)), ['removed records 2 to 3']);
  assert.equal(await faultsOf(without(1, 2)), ['beginning-removed records 1 to 2']);
  assert.equal(await faultsOf(without(5)), ['end-removed record 5']);
  assert.equal(await faultsOf(without(4, 5)), ['end-removed records 4 to 5']);
  assert.equal(await faultsOf(without(1, 2, 3, 4, 5)), ['end-removed records 1 to 5']);
});

test('records in another order are found', async () => {
  const folder = changed((_, record) => {
    renameSync(record(2), record(9));
    renameSync(record(3), record(2));
    renameSync(record(9), record(3));
  });
  assert.equal(await faultsOf(folder), ['reordered records/0000000002.record', 'reordered records/0000000003.record']);
});

test('an inserted record is found: a copy, one that another key signed, one of another chain, one behind the end', async () => {
  const copy = changed((_, record) => copyFileSync(record(2), record(6)));
  assert.equal(await faultsOf(copy), ['reordered records/0000000006.record']);
  const foreign = parsePrivateKey(generateSigningKey().privatePem);
  const forged = changed((_, record) => {
    const { value } = parseSigned(readFileSync(record(5)), evidenceRecord)!;
    writeFileSync(record(5), fileOf(signText({ ...value, camera: 'elsewhere' }, foreign)));
  });
  assert.equal(await faultsOf(forged), ['changed records/0000000005.record']);
  const other = await writtenChain(join(dir, 'other'), 3);
  const strange = changed((_, record) => copyFileSync(join(other, 'records/0000000003.record'), record(3)));
  assert.equal(await faultsOf(strange), ['changed records/0000000003.record']);
  const behind = changed((_, record) => copyFileSync(join(other, 'records/0000000003.record'), record(6)));
  assert.equal(await faultsOf(behind), ['inserted records/0000000006.record']);
});

test('one that the device’s own key signed, but which follows nothing, is found', async () => {
  const key = await evidenceKey(join(dir, 'whole'));
  const folder = changed((_, record) => {
    const { value } = parseSigned(readFileSync(record(5)), evidenceRecord)!;
    writeFileSync(record(6), fileOf(signText({ ...value, n: 6 }, key)));
  });
  assert.equal(await faultsOf(folder), ['inserted records/0000000006.record']);
});

test('changed, removed and added pictures are found', async () => {
  const crop = (folder: string, n = 2): string => join(folder, `pictures/000000000${n}-crop.jpg`);
  assert.equal(await faultsOf(changed((folder) => appendFileSync(crop(folder), 'x'))), [
    'picture-changed pictures/0000000002-crop.jpg',
  ]);
  assert.equal(await faultsOf(changed((folder) => rmSync(crop(folder)))), [
    'picture-removed pictures/0000000002-crop.jpg',
  ]);
  assert.equal(
    await faultsOf(changed((folder) => copyFileSync(crop(folder), join(folder, 'pictures/0000000009-crop.jpg')))),
    ['picture-inserted pictures/0000000009-crop.jpg'],
  );
  const swapped = changed((folder) => {
    renameSync(crop(folder, 2), join(folder, 'aside'));
    renameSync(crop(folder, 3), crop(folder, 2));
    renameSync(join(folder, 'aside'), crop(folder, 3));
  });
  assert.equal(await faultsOf(swapped), [
    'picture-changed pictures/0000000002-crop.jpg',
    'picture-changed pictures/0000000003-crop.jpg',
  ]);
});

test('a changed or missing head and anchor are found', async () => {
  assert.equal(await faultsOf(changed((folder) => rewritten(join(folder, 'head'), '"n":5', '"n":4'))), [
    'changed head',
  ]);
  assert.equal(await faultsOf(changed((folder) => rmSync(join(folder, 'head')))), ['end-removed head']);
  const at = join(dir, 'pruned');
  const folder = await writtenChain(at, 5);
  const tight = await someChain(at, { bounds: { maxBytes: 40_000, keepMs: 1e9 } });
  await tight.prune();
  assert.equal(await faultsOf(folder), []);
  const anchor = readFileSync(join(folder, 'anchor'));
  rewritten(join(folder, 'anchor'), '"n":2', '"n":3');
  assert.equal(await faultsOf(folder), ['changed anchor', 'beginning-removed records 1 to 2']);
  rmSync(join(folder, 'anchor'));
  assert.equal(await faultsOf(folder), ['beginning-removed records 1 to 2']);
  writeFileSync(join(folder, 'anchor'), anchor);
  rmSync(join(folder, 'records/0000000003.record'));
  assert.equal((await faultsOf(folder))[0], 'removed record 3');
});

test('an end that was removed together with its head is found by what was told earlier', async () => {
  const at = join(dir, 'rolled-back');
  const folder = await writtenChain(at, 3);
  const earlier = join(dir, 'earlier');
  cpSync(folder, earlier, { recursive: true });
  const chain = await someChain(at);
  await chain.append(someDraft(), somePictures(4));
  const known = { n: chain.head.n, hash: chain.head.hash, by: 'MQTT' };
  assert.equal(await faultsOf(earlier), [], 'nothing in the folder itself tells');
  assert.equal(await faultsOf(earlier, { known: [known] }), ['end-removed record 4']);
  assert.equal(await faultsOf(folder, { known: [known] }), []);
  assert.equal(await faultsOf(folder, { known: [{ n: 2, hash: 'f'.repeat(64), by: 'MQTT' }] }), ['changed record 2']);
});

test('evidence that somebody made up with a key of their own is right only by that key', async () => {
  const key = publicKeyText((await evidenceKey(join(dir, 'whole'))).key);
  const made = await writtenChain(join(dir, 'made-up'), 1);
  assert.equal(await faultsOf(made), []);
  assert.equal(await faultsOf(made, { key }), ['changed head', 'changed records/0000000001.record']);
  assert.equal(await faultsOf(whole, { key }), []);
  const keyless = changed((folder) => rmSync(join(folder, 'public-key.pem')));
  assert.is((await faultsOf(keyless))[0], 'key public-key.pem');
});

test.run();
