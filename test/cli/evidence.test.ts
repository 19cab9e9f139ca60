import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writtenChain } from '../evidence/chains.js';
import { WrittenHistory } from '../report/written-history.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const dir = temporaryFolder('cli-evidence');
const store = join(dir, 'data');
const site = join(dir, 'site.yaml');
writeFileSync(site, `store: { dir: ${store} }\nevidence: { on: [crossed] }\n`);

const evidence = (...args: string[]) => edgeOptimizerHere(['evidence', ...args]);

test('where there is no evidence yet, each command says so', async () => {
  for (const command of ['list', 'verify', 'key', 'accesses']) {
    const { code, stderr } = await evidence(command, '--config', site);
    assert.equal([code, /evidence\.on: expected/.test(stderr)], [2, true], stderr);
  }
});

test('records are listed, and that they were', async () => {
  await writtenChain(store, 3);
  const { code, stdout } = await evidence('list', '--config', site, '--limit', '2');
  assert.is(code, 0);
  assert.equal(
    stdout.split('\n').map((line) => line.split(/\s+/)[0]),
    ['record', '3', '2', ''],
  );
  assert.match(stdout, /north\s+crossed stop-line northbound\s+car 5/);
  assert.match((await evidence('list', '--config', site, '--camera', 'south')).stdout, /there is no such evidence/);
  assert.is((await evidence('list', '--config', site, '--since', 'soon')).code, 2);
  const { accesses } = JSON.parse((await evidence('accesses', '--config', site, '--json')).stdout);
  assert.equal(
    accesses.map(({ what, detail }: { what: string; detail: string }) => `${what} ${detail}`),
    ['list 2 records', 'list 0 records of south'],
  );
});

test('an export is verified by itself, with the key that the device prints; what was changed in it is found', async () => {
  const key = (await evidence('key', '--config', site)).stdout.trim();
  assert.match(key, /^ed25519:/);
  assert.match((await evidence('key', '--config', site, '--pem')).stdout, /^-----BEGIN PUBLIC KEY-----/);
  const to = join(dir, 'case.tar');
  assert.match((await evidence('export', to, '--config', site)).stdout, /^3 records and 6 pictures are in /);
  assert.is((await evidence('export', to, '--config', site)).code, 2, 'it is there already');
  const right = await evidence('verify', to, '--key', key);
  assert.equal([right.code, /nothing was changed/.test(right.stdout)], [0, true]);
  assert.is((await evidence('verify', to, '--key', 'nonsense')).code, 2);
  const archive = readFileSync(to);
  archive.write('"score":0.99', archive.indexOf('"score":0.91'));
  writeFileSync(to, archive);
  const wrong = await evidence('verify', to, '--key', key);
  assert.equal([wrong.code, /^CHANGED records\/0000000001.record/m.test(wrong.stdout)], [1, true]);
  const { faults } = JSON.parse((await evidence('verify', to, '--json')).stdout);
  assert.is(faults[0].kind, 'changed');
});

test('the device’s own chain is verified in place, against a head that was told earlier too', async () => {
  const { head, headHash } = JSON.parse((await evidence('verify', '--config', site, '--json')).stdout);
  const known = `${head}:${headHash}`;
  assert.is((await evidence('verify', '--config', site, '--head', known)).code, 0);
  assert.is((await evidence('verify', '--config', site, '--head', `${head}:${'0'.repeat(64)}`)).code, 1);
  assert.is((await evidence('verify', '--config', site, '--head', `${head + 1}:${headHash}`)).code, 1);
  assert.match((await evidence('verify', '--config', site)).stdout, /held against no head from elsewhere/);
  mkdirSync(join(store, 'evidence-heads'));
  copyFileSync(join(store, 'evidence/head'), join(store, 'evidence-heads/head'));
  const held = await evidence('verify', '--config', site, '--head', known);
  assert.is(held.code, 0);
  assert.match(held.stdout, /held against record 3 of --head\nheld against record 3 of the device/);
  rmSync(join(store, 'evidence/pictures/0000000002-crop.jpg'));
  const { code, stdout } = await evidence('verify', '--config', site);
  assert.equal([code, /PICTURE-REMOVED pictures\/0000000002-crop.jpg/.test(stdout)], [1, true]);
});

test('a daily report that was kept shows later that records were removed, with the chain that it knew and the key', async () => {
  const place = join(dir, 'reported');
  const config = join(dir, 'reported.yaml');
  writeFileSync(config, `store: { dir: ${place} }\nevidence: { on: [crossed] }\n`);
  const folder = await writtenChain(place, 2);
  const older = join(dir, 'older');
  cpSync(folder, older, { recursive: true });
  await writtenChain(place, 3);
  new WrittenHistory(place, Date.now()).close();
  const report = async (...args: string[]) => {
    const { code, stdout } = await edgeOptimizerHere(['report', '--config', config, '--day', 'today', ...args]);
    assert.is(code, 0);
    return stdout;
  };
  const [json, html, markdown] = ['json', 'html', 'md'].map((ending) => join(dir, `daily.${ending}`));
  writeFileSync(json!, await report('--json', '--html', html!));
  writeFileSync(markdown!, await report('--markdown'));
  const { evidenceChain } = JSON.parse(readFileSync(json!, 'utf8'));
  assert.equal([evidenceChain.record, evidenceChain.records, evidenceChain.kinds], [5, 5, { crossed: 5 }]);
  const files = [json!, html!, markdown!];
  const whole = await evidence('verify', '--config', config, ...files.flatMap((file) => ['--head', file]));
  assert.is(whole.code, 0, whole.stdout);
  assert.ok(whole.stdout.includes(`(as ${json} names it)`));
  for (const file of files) {
    assert.ok(whole.stdout.includes(`held against record 5 of ${file}`));
    const { code, stdout } = await evidence('verify', older, '--head', file);
    assert.equal([code, /END-REMOVED records 3 to 5/.test(stdout)], [1, true], stdout);
  }
  // another chain in its place, signed with a key of its own, is whole in itself
  const forged = await writtenChain(join(dir, 'forged'), 5);
  assert.is((await evidence('verify', forged)).code, 0);
  assert.is((await evidence('verify', forged, '--head', json!)).code, 1);
  assert.is((await evidence('verify', forged, '--head', html!)).code, 1);
  const message = join(dir, 'message.json');
  const { records, kinds, ...told } = evidenceChain;
  writeFileSync(message, JSON.stringify({ seq: 1, ts: 2, ...told }));
  assert.is((await evidence('verify', folder, '--head', message)).code, 0);
});

test('a head that was changed, a report without one and a file that is not there are refused with the reason', async () => {
  const at = join(dir, 'changed.json');
  const { evidenceChain } = JSON.parse(readFileSync(join(dir, 'daily.json'), 'utf8'));
  const signed = evidenceChain.signed.replace('"n":5', '"n":2');
  writeFileSync(at, JSON.stringify({ evidenceChain: { ...evidenceChain, signed, record: 2 } }));
  const changed = await evidence('verify', join(dir, 'older'), '--head', at);
  assert.equal([changed.code, /changed\.json was changed/.test(changed.stderr)], [2, true]);
  writeFileSync(at, '{"date":"2026-11-27"}');
  assert.match((await evidence('verify', '--config', site, '--head', at)).stderr, /has no head of evidence/);
  assert.match(
    (await evidence('verify', '--config', site, '--head', '12:ab')).stderr,
    /expected NUMBER:SHA256 or a file/,
  );
});

test('nothing is shown where it cannot be taken down who looked', async () => {
  rmSync(join(store, 'evidence/access.jsonl'));
  mkdirSync(join(store, 'evidence/access.jsonl'));
  const { code, stdout, stderr } = await evidence('list', '--config', site);
  assert.equal([code, stdout, /cannot be taken down who looked/.test(stderr)], [2, '', true]);
});

test.run();
