import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRecording } from '../../src/cli/recording.js';
import { type TarEntry, tarOf } from '../../src/store/tar.js';
import { JETSON_ORIN_NX } from '../board/machine/board-trees/jetsons.js';
import { tree } from '../board/machine/trees.js';
import { temporaryFolder } from '../temporary.js';
import { startEdgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('cli-sensors');
const archive = join(folder, 'board.tar.gz');
const root = tree(JETSON_ORIN_NX);

/** What the table of the board was. */
let table = '';

test('a table by area: what each part tells, with units, where from, and why something is missing', async () => {
  const { code, stdout } = await edgeOptimizerHere(['sensors', '--root', root]);
  assert.is(code, 0);
  table = stdout;
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.slice(0, 5), [
    'board       NVIDIA Jetson Orin NX Engineering Reference Developer Kit',
    'power mode  nvpmodel 0 (MAXN_SUPER)',
    'heat        54.0 °C, slowed down at 99.0 °C',
    'power       40.00 W (VDD_IN)',
    'held back   by current',
  ]);
  const line = (start: string) => lines.find((text) => text.startsWith(start))?.replace(/ {2,}/g, '  ');
  assert.is(
    line('  cpu-thermal '),
    '  cpu-thermal  temperature  54.0 °C, slowed down at 99.0 °C  /sys/class/thermal/thermal_zone0/temp',
  );
  assert.is(
    line('  cv0-thermal '),
    '  cv0-thermal  temperature  – (what it says cannot be true)  /sys/class/thermal/thermal_zone2/temp',
  );
  assert.is(line('  VDD_IN '), '  VDD_IN  power  40.00 W (4.92 V, 8.13 A)  /sys/class/hwmon/hwmon1/in1_input');
  assert.is(line('  17000000.gpu '), '  17000000.gpu  load  100 %  /sys/class/devfreq/17000000.gpu/device/load');
  assert.is(line('  ina3221 curr1 '), '  ina3221 curr1  current  yes  /sys/class/hwmon/hwmon1/curr1_crit_alarm');
});

test('a recording prints what the machine printed, and says what is in it', async () => {
  const recording = await edgeOptimizerHere(['sensors', '--root', root, '--record', archive]);
  assert.is(recording.code, 0);
  assert.match(recording.stdout, /^recorded \d+ files of this machine's sensors into .*board\.tar\.gz \(\d+ KiB\)\n/);
  assert.match(recording.stdout, /not in it: serial numbers, MAC addresses/);
  const unpacked = () => readdirSync(tmpdir()).filter((name) => name.startsWith('edge-recording-')).length;
  const before = unpacked();
  assert.is((await edgeOptimizerHere(['sensors', '--root', archive])).stdout, table);
  assert.is(unpacked(), before);
});

test('as JSON: one object, a missing reading is null with its reason', async () => {
  const { stdout } = await edgeOptimizerHere(['sensors', '--root', archive, '--json']);
  const report = JSON.parse(stdout);
  assert.is(report.board, 'jetson-orin-nano');
  assert.equal(report.throttling, { heat: false, power: null, current: true, quota: null });
  assert.is(report.watts.toFixed(4), '39.9996');
  assert.equal(report.wattsOf, ['VDD_IN']);
  assert.equal(
    report.readings.find(({ name }: { name: string }) => name === 'cv0-thermal'),
    {
      area: 'heat',
      what: 'temperature',
      name: 'cv0-thermal',
      value: null,
      unit: '°C',
      source: '/sys/class/thermal/thermal_zone2/temp',
      missing: 'implausible',
    },
  );
});

test('a recording is not written over what is there, nor by a name that is none', async () => {
  const file = join(folder, 'taken.tgz');
  writeFileSync(file, 'mine');
  const taken = await edgeOptimizerHere(['sensors', '--root', root, '--record', file]);
  assert.is(taken.code, 2);
  assert.match(taken.stderr, /--record: .*taken\.tgz is there already: give another name, or --force/);
  assert.is(readFileSync(file, 'utf8'), 'mine');
  assert.is((await edgeOptimizerHere(['sensors', '--root', root, '--record', file, '--force', '--json'])).code, 0);
  const odd = await edgeOptimizerHere(['sensors', '--root', root, '--record', join(folder, 'board.zip')]);
  assert.is(odd.code, 2);
  assert.match(odd.stderr, /expected a name that ends in \.tar\.gz, got .*board\.zip/);
  const nowhere = await edgeOptimizerHere(['sensors', '--root', root, '--record', join(folder, 'no/such/a.tar.gz')]);
  assert.is(nowhere.code, 1);
});

test('what is no recording, or would be written elsewhere, is refused', async () => {
  const refused = async (name: string, entries: readonly TarEntry[] | Buffer) => {
    const file = join(folder, name);
    writeFileSync(file, Buffer.isBuffer(entries) ? entries : gzipSync(tarOf(entries, 0)));
    return (await edgeOptimizerHere(['sensors', '--root', file])).stderr
      .split('\n')
      .at(-1)!
      .replace(/^.*?tar\.gz: /, '');
  };
  const data = Buffer.from('x');
  assert.match(
    (await edgeOptimizerHere(['sensors', '--root', join(folder, 'none')])).stderr,
    /there is no such folder or archive/,
  );
  assert.match(
    (await edgeOptimizerHere(['sensors', '--root', temporaryFolder('no-recording')])).stderr,
    /expected a folder with proc or sys in it/,
  );
  assert.match(
    await refused('a.tar.gz', Buffer.from('text')),
    /expected a folder, or a \.tar\.gz made by sensors --record/,
  );
  assert.match(await refused('b.tar.gz', tarOf([], 0)), /expected a folder, or a \.tar\.gz made by/);
  for (const [i, entries] of (
    [
      [{ kind: 'file', path: '../evil', data }],
      [{ kind: 'file', path: '/etc/evil', data }],
      [{ kind: 'link', path: 'proc/stat', target: '/etc/passwd' }],
      [{ kind: 'link', path: 'proc/stat', target: '../../etc/passwd' }],
      [
        { kind: 'link', path: 'a/b', target: 'c/d/e' },
        { kind: 'link', path: 'proc', target: 'a/b/../../../x' },
      ],
      [
        { kind: 'link', path: 'a', target: 'b' },
        { kind: 'file', path: 'a/evil', data },
      ],
    ] satisfies TarEntry[][]
  ).entries()) {
    assert.match(await refused(`evil${i}.tar.gz`, entries), /in it leads out of its folder$/, String(i));
  }
});

test('--watch --json: a line a second until it is stopped, and then it ends well', async () => {
  const { child, ended } = startEdgeOptimizer(['sensors', '--root', root, '--watch', '--json']);
  let lines = 0;
  child.stdout.on('data', (text: Buffer) => {
    lines += String(text).split('\n').length - 1;
    if (lines >= 2) child.kill('SIGTERM');
  });
  const { code, stdout } = await ended;
  assert.is(code, 0);
  assert.ok(
    stdout
      .trimEnd()
      .split('\n')
      .every((line) => JSON.parse(line).wattsOf[0] === 'VDD_IN'),
  );
});

test('--watch ends well where nobody reads on', async () => {
  const { child, ended } = startEdgeOptimizer(['sensors', '--root', archive, '--watch']);
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await ended;
  assert.is(code, 0);
  assert.is(stderr, '');
});

test('a folder is opened as it is, and stays', async () => {
  const kept = join(folder, 'kept');
  mkdirSync(join(kept, 'proc'), { recursive: true });
  const recording = await openRecording(kept);
  assert.is(recording.root, kept);
  recording.close();
  assert.equal(readdirSync(kept), ['proc']);
});

test.run();
