import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../../temporary.js';

const test = suite('the capacity sheet');

const folder = temporaryFolder('capacity');
const wire = join(folder, 'wire.json');
writeFileSync(
  wire,
  JSON.stringify({
    name: 'wire',
    rows: [
      { road: '17000 vehicles', topic: 'metrics', messages: 720, kB: 216, bytesEach: 300 },
      { road: '17000 vehicles', topic: 'event/<camera>', messages: 864, kB: 216, bytesEach: 250 },
      { road: '17000 vehicles', topic: 'all, by the sockets', kB: 440 },
    ],
  }),
);

function sheetOf(...flags: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['dist/scripts/capacity.js', '--wire', wire, ...flags],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

test('a column for each fleet', () => {
  const { status, stdout, stderr } = sheetOf('--devices', '100,1000000');
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, 'One device with one camera sends 1,584 messages and 432 kB a day.');
  assert.match(stdout, /^devices +100 +1,000,000$/m);
  assert.match(stdout, /^broker nodes +the same one +\d+$/m);
});

test('every assumption is a flag, told by --help, and changes the sheet', () => {
  const { stdout: help } = sheetOf('--help');
  assert.match(help, '--retention-days N');
  const [json, longer] = [sheetOf('--json'), sheetOf('--json', '--retention-days', '180')].map(({ stdout }) =>
    JSON.parse(stdout),
  );
  assert.is(longer.loads[0].storeBytes, 2 * json.loads[0].storeBytes);
  assert.is(longer.assumed['retention-days'], 180);
});

test('what is wrong is named with what to do', () => {
  for (const [flags, said] of [
    [['--devices', '0'], '--devices: expected a number above 0, got 0'],
    [['--row-bytes', 'many'], '--row-bytes: expected a number above 0, got many'],
    [['--vehicles', '5'], 'has roads with 17000 vehicles a day'],
    [['--wire', join(folder, 'none.json')], 'make one with npm run -s bench -- wire'],
    [['--brokers', '3'], "Unknown option '--brokers'"],
  ] as const) {
    const { status, stdout, stderr } = sheetOf(...flags);
    assert.equal([status, stdout], [2, '']);
    assert.ok(stderr.includes(said), stderr);
  }
});

test.run();
