import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../src/config/load.js';
import type { CameraShapes } from '../../../src/config/site-edit.js';
import { silentLog } from '../../../src/foundation/log.js';
import { setupPort } from '../../../src/runtime/dashboard/setup.js';
import { temporaryFolder } from '../../temporary.js';

const dir = temporaryFolder('setup-page');
const SITE = `board: none
cameras:
  - id: north # the one at the bridge
    url: sim://road
    lines:
      - { id: gate, from: [0.1, 0.5], to: [0.9, 0.5] }
`;
const NONE: CameraShapes = { lines: [], zones: [], rules: [], masks: [], privacyMasks: [] };
const GATE = { id: 'gate', from: [0.1, 0.5], to: [0.9, 0.5] };
const BAY = {
  id: 'bay',
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};

function page(name: string, text = SITE) {
  const file = join(dir, name);
  writeFileSync(file, text);
  chmodSync(file, 0o640);
  const sources = { file, env: {} };
  const { config } = loadConfig(sources);
  return { file, port: setupPort({ config, sources, classes: () => ['car'], isService: false, log: silentLog }) };
}
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  );

test('what is drawn is written whole, with a copy of what was there, and waits for the next start', async () => {
  const { file, port } = page('written.yaml');
  const before = port.setup();
  assert.equal(before.cameras[0]!.waitsForRestart, false);
  const saved = await port.save('north', { ...NONE, lines: [GATE], zones: [BAY] }, before.file!.sha256);
  assert.equal([saved.changed, saved.requiresRestart, saved.backup], [true, true, `${file}.bak`]);
  assert.is(readFileSync(`${file}.bak`, 'utf8'), SITE);
  assert.ok(readFileSync(file, 'utf8').includes('# the one at the bridge'));
  assert.equal(
    [file, `${file}.bak`].map((path) => statSync(path).mode & 0o777),
    [0o640, 0o600],
  );
  const after = port.setup();
  assert.equal([after.file!.sha256, after.cameras[0]!.waitsForRestart], [saved.sha256, true]);
  const back = await port.save('north', { ...NONE, lines: [GATE] }, saved.sha256);
  assert.equal([back.changed, port.setup().cameras[0]!.waitsForRestart], [true, false]);
});

test('a file that is a link stays one, and what it leads to is written', async () => {
  const there = join(dir, 'managed');
  mkdirSync(there);
  const { file } = page('managed/site.yaml');
  const link = join(dir, 'link.yaml');
  symlinkSync(file, link);
  const sources = { file: link, env: {} };
  const { config } = loadConfig(sources);
  const port = setupPort({ config, sources, classes: () => [], isService: false, log: silentLog });
  await port.save('north', { ...NONE, zones: [BAY] }, port.setup().file!.sha256);
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.match(readFileSync(file, 'utf8'), /id: bay/);
});

test('what changes nothing writes nothing', async () => {
  const { port } = page('same.yaml');
  const { sha256 } = port.setup().file!;
  assert.equal(await port.save('north', { ...NONE, lines: [GATE] }, sha256), {
    sha256,
    changed: false,
    backup: null,
    requiresRestart: false,
  });
});

test('a file that somebody else changed meanwhile is left as it is', async () => {
  const { file, port } = page('raced.yaml');
  const { sha256 } = port.setup().file!;
  const theirs = SITE.replace('gate', 'door');
  writeFileSync(file, theirs);
  assert.match(await refusal(port.save('north', NONE, sha256)), /changed by somebody else meanwhile/);
  assert.is(readFileSync(file, 'utf8'), theirs);
});

test('of two who save at once, the second is told', async () => {
  const { port } = page('two.yaml');
  const { sha256 } = port.setup().file!;
  const both = [NONE, { ...NONE, zones: [BAY] }].map((shapes) => refusal(port.save('north', shapes, sha256)));
  const [first, second] = await Promise.all(both);
  assert.is(first, 'done');
  assert.match(second!, /meanwhile/);
});

test('what is wrong is refused in the words of the schema, and nothing is written', async () => {
  const { file, port } = page('wrong.yaml');
  const lines = [{ ...GATE, to: [0.1, 0.5] }];
  assert.match(
    await refusal(port.save('north', { ...NONE, lines }, port.setup().file!.sha256)),
    /expected two different ends/,
  );
  assert.is(readFileSync(file, 'utf8'), SITE);
});

test('a file that cannot be written is said to be so, and left as it is', async () => {
  const { file, port } = page('closed.yaml');
  const { sha256 } = port.setup().file!;
  // a folder stands where the copy would go: root may write anywhere else
  mkdirSync(`${file}.bak`);
  writeFileSync(join(`${file}.bak`, 'x'), '');
  assert.match(await refusal(port.save('north', NONE, sha256)), /cannot be written: .*put the lines into it by hand/);
  assert.is(readFileSync(file, 'utf8'), SITE);
});

test('without a site file, and with cameras from elsewhere, it says what to do', async () => {
  const { config } = loadConfig({ env: {}, flags: { board: 'none', cameras: [{ id: 'a', url: 'sim://road' }] } });
  const parts = { config, classes: () => [], isService: true, log: silentLog };
  const none = setupPort({ ...parts, sources: null });
  const { obstacle, cameras, restart } = none.setup();
  assert.equal([obstacle!.code, cameras[0]!.id, cameras[0]!.inFile, restart], ['no-file', 'a', false, 'systemd']);
  assert.match(obstacle!.detail!, /edge-optimizer config init/);
  assert.match(await refusal(Promise.resolve().then(() => none.save('a', NONE, ''))), /config init/);
  const { file } = page('other.yaml');
  const other = setupPort({ ...parts, sources: { file, env: {}, flags: { cameras: [] } } });
  assert.is(other.setup().obstacle!.code, 'other-source');
  const gone = setupPort({ ...parts, sources: { file: join(dir, 'gone.yaml'), env: {} } });
  assert.is(gone.setup().obstacle!.code, 'unreadable');
});

test('passwords in the file are not shown beside a change', () => {
  const { file, port } = page('secret.yaml');
  writeFileSync(file, SITE.replace('sim://road', 'rtsp://user:hidden7@10.0.0.1/x'));
  const { edit } = port.check('north', { ...NONE, lines: [{ ...GATE, id: 'door' }] });
  const shown = edit.difference.map(({ text }) => port.masked(text)).join('\n');
  assert.ok(shown.includes('url:') && !shown.includes('hidden7'), shown);
});

test.run();
