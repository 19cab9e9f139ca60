import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noteAccess, readAccesses } from '../../src/evidence/access-log.js';
import { evidenceKey } from '../../src/evidence/chain/evidence-key.js';
import { openEvidence } from '../../src/evidence/chain/evidence-source.js';
import { exportEvidence } from '../../src/evidence/chain/export.js';
import { EXPORT_READMES } from '../../src/evidence/chain/export-readme.js';
import { temporaryFolder } from '../temporary.js';
import { faultsOf, someChain, someDraft, somePictures, verified } from './chains.js';

const dir = temporaryFolder('evidence-export');
const at = join(dir, 'device');
const chain = await someChain(at, { bounds: { maxBytes: 64_000, keepMs: 1e10 } });
for (let n = 1; n <= 7; n++) await chain.append(someDraft(n % 2 === 0 ? 'south' : 'north'), somePictures(n));
const key = await evidenceKey(at);

async function exported(name: string, camera?: string): Promise<string> {
  const to = join(dir, name);
  const source = await openEvidence(chain.folder);
  const wants = (record: { camera: string }): boolean => camera === undefined || record.camera === camera;
  await exportEvidence(source, to, { wants, key, at: Date.now() });
  return to;
}

test('an export is verified without the device, as a folder and as an archive, and says what retention removed', async () => {
  for (const name of ['folder', 'archive.tar']) {
    const to = await exported(name);
    const { faults, records, pictures, leftOut, removedByRetention: removed } = await verified(to);
    assert.equal([faults, records, pictures, leftOut, removed?.n], [[], 5, 10, 0, 2], name);
  }
  execFileSync('tar', ['-tf', join(dir, 'archive.tar')]);
  assert.ok(
    !readdirSync(join(dir, 'folder')).some((name) => /access|push|pem/.test(name) && name !== 'public-key.pem'),
  );
});

test('pictures that were left out on purpose are told from those that were removed', async () => {
  const to = await exported('south.tar', 'south');
  const folder = await exported('south', 'south');
  for (const place of [to, folder]) {
    const { faults, pictures, leftOut } = await verified(place);
    assert.equal([faults, pictures, leftOut], [[], 4, 6]);
  }
  rmSync(join(folder, 'pictures/0000000004-crop.jpg'));
  assert.equal(await faultsOf(folder), ['picture-removed pictures/0000000004-crop.jpg']);
  rmSync(join(folder, 'export'));
  assert.is((await faultsOf(folder)).length, 7, 'without its statement all that is left out is missing');
});

test('an export while the device goes on writing and removing is right', async () => {
  const busy = await someChain(join(dir, 'busy'), { bounds: { maxBytes: 64_000, keepMs: 1e10 } });
  const busyKey = await evidenceKey(join(dir, 'busy'));
  for (let n = 1; n <= 5; n++) await busy.append(someDraft(), somePictures(n));
  const source = await openEvidence(busy.folder);
  // with every file that is read another record comes, and the oldest goes
  const going = {
    ...source,
    read: async (name: string) => {
      const data = await source.read(name);
      await busy.append(someDraft(), somePictures(1));
      return data;
    },
  };
  const to = join(dir, 'busy.tar');
  await exportEvidence(going, to, { wants: () => true, key: busyKey, at: Date.now() });
  const { faults, head, removedByRetention: removed } = await verified(to);
  assert.equal([faults, head], [[], 5]);
  assert.ok(removed!.n > 1);
});

test('the statement of one export says nothing of another', async () => {
  const at = join(dir, 'two');
  const two = await someChain(at);
  await two.append(someDraft('north'), somePictures(1));
  const ofKey = await evidenceKey(at);
  const exportTo = async (name: string, wants: () => boolean): Promise<string> => {
    const source = await openEvidence(two.folder);
    await exportEvidence(source, join(dir, name), { wants, key: ofKey, at: Date.now() });
    return join(dir, name);
  };
  const without = await exportTo('without', () => false);
  await two.append(someDraft('north'), somePictures(2));
  const all = await exportTo('with', () => true);
  copyFileSync(join(without, 'export'), join(all, 'export'));
  rmSync(join(all, 'pictures/0000000002-crop.jpg'));
  assert.equal(await faultsOf(all), ['changed export', 'picture-removed pictures/0000000002-crop.jpg']);
});

test('an archive that was changed or cut off is found out', async () => {
  const to = await exported('changed.tar');
  const archive = readFileSync(to);
  const at = archive.indexOf('"camera":"south"');
  archive.write('"camera":"north"', at);
  writeFileSync(to, archive);
  assert.equal(await faultsOf(to), ['changed records/0000000004.record']);
  writeFileSync(to, archive.subarray(0, 5000));
  assert.match(
    await faultsOf(to).then(String, (error: Error) => error.message),
    /cannot be read as evidence: the archive is cut off/,
  );
});

test('what is there already is not written over, and no half of an archive is left', async () => {
  await exported('twice.tar');
  assert.match(await exported('twice.tar').then(String, (error: Error) => error.message), /EEXIST/);
  const source = await openEvidence(chain.folder);
  const broken = {
    ...source,
    read: async (name: string) => (name.startsWith('pictures') ? Promise.reject(new Error('gone')) : source.read(name)),
  };
  const to = join(dir, 'broken.tar');
  assert.match(await exportEvidence(broken, to, { wants: () => true, key, at: 0 }).then(String, String), /gone/);
  assert.is(existsSync(to), false);
});

const hasOpenssl = /^OpenSSL 3/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '');

test('its README verifies it with sh, OpenSSL and sha256sum alone, in both languages', async () => {
  if (!hasOpenssl) return;
  for (const [name, text] of EXPORT_READMES) {
    const script = text
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.slice(4))
      .join('\n');
    assert.ok(script.includes('openssl pkeyutl'), name);
    const run = (folder: string): string => {
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      return stdout + stderr;
    };
    const folder = await exported(`stranger-${name}`);
    assert.ok(existsSync(join(folder, name)));
    assert.is(run(folder), '', 'all is right');
    const record = join(folder, 'records/0000000004.record');
    const whole = readFileSync(record, 'utf8');
    writeFileSync(record, whole.replace('"camera":"south"', '"camera":"north"'));
    assert.match(run(folder), /CHANGED records\/0000000004.record\nNOT IN ITS PLACE records\/0000000005.record/);
    writeFileSync(record, whole);
    writeFileSync(join(folder, 'pictures/0000000005-crop.jpg'), 'another');
    assert.match(run(folder), /0000000005-crop.jpg: FAILED/);
    rmSync(join(folder, 'records/0000000007.record'));
    assert.match(run(folder), /THE END IS MISSING/);
  }
});

test('the log of accesses is bounded, and a line that a power cut left half is passed over', async () => {
  const folder = join(dir, 'device/evidence');
  assert.equal(await readAccesses(folder, 10), []);
  for (let n = 1; n <= 3; n++) await noteAccess(folder, { at: n, what: 'view', by: 'http operator', n });
  writeFileSync(join(folder, 'access.jsonl'), '{"at":4,"wh', { flag: 'a' });
  assert.equal(
    (await readAccesses(folder, 2)).map(({ n }) => n),
    [3],
  );
  await noteAccess(folder, { at: 5, what: 'view', by: 'http operator', n: 5 });
  assert.equal(
    (await readAccesses(folder, 3)).map(({ n }) => n),
    [3, 5],
    'the next one is whole',
  );
  for (let round = 0; round < 3; round++) {
    writeFileSync(join(folder, 'access.jsonl'), `${'x'.repeat(2 ** 20 + 1)}\n`);
    await noteAccess(folder, { at: 9, what: 'list', by: 'user', n: null });
  }
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('access')),
    ['access.jsonl', 'access.jsonl.1'],
  );
});

test('many looks at once, when the log is full, put nothing over what was moved aside', async () => {
  const folder = join(dir, 'looks');
  mkdirSync(folder);
  const line = JSON.stringify({ at: 1, what: 'view', by: 'http operator', n: 1 });
  const lines = Math.ceil(2 ** 20 / (line.length + 1)) + 1;
  writeFileSync(join(folder, 'access.jsonl'), `${line}\n`.repeat(lines));
  const looks = Array.from({ length: 40 }, (_, i) => i);
  await Promise.all(looks.map((n) => noteAccess(folder, { at: 2, what: 'picture', by: 'http operator', n })));
  const found = await readAccesses(folder, 100_000);
  assert.is(found.length, lines + 40);
});

test.run();
