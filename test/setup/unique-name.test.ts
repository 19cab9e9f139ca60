import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueName } from '../../src/setup/unique-name.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('unique name');
const folder = temporaryFolder('unique-name');
const MACHINE_ID = '0123456789abcdef0123456789abcdef';
let roots = 0;

function root(files: Readonly<Record<string, string>>): string {
  const path = join(folder, `${roots++}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

test('two machines with one host name have two names, and one machine keeps its own', () => {
  const one = root({ 'etc/machine-id': `${MACHINE_ID}\n` });
  const other = root({ 'etc/machine-id': `${MACHINE_ID.replace('0', '1')}\n` });
  assert.equal(uniqueName('cabinet.example.org', one), { name: 'cabinet-2f15d9ba', warning: null });
  assert.is(uniqueName('cabinet.example.org', one).name, uniqueName('cabinet.example.org', one).name);
  assert.is.not(uniqueName('cabinet.example.org', one).name, uniqueName('cabinet.example.org', other).name);
});

test('the machine id itself is not in it', () => {
  const { name } = uniqueName('cabinet', root({ 'etc/machine-id': MACHINE_ID }));
  assert.not.ok(MACHINE_ID.includes(name.slice(-8)));
});

test('boards with one cloned machine id differ by their serial numbers', () => {
  const board = (serial: string) =>
    uniqueName('pi', root({ 'etc/machine-id': MACHINE_ID, 'proc/device-tree/serial-number': `${serial}\0` })).name;
  assert.is.not(board('10000000a1b2c3d4'), board('10000000a1b2c3d5'));
});

for (const [what, text] of [
  ['empty', ''],
  ['that of an image before its first start', 'uninitialized\n'],
  ['all zeros', `${'0'.repeat(32)}\n`],
  ['no id', 'hello\n'],
] as const) {
  test(`a machine id that is ${what} makes no name unique, and a warning says what to do`, () => {
    const { name, warning } = uniqueName('cabinet', root({ 'etc/machine-id': text }));
    assert.is(name, 'cabinet');
    assert.match(warning ?? '', /run systemd-machine-id-setup, or give each device a name$/);
  });
}

test('a long or strange host name leaves room for what makes it unique', () => {
  const at = root({ 'etc/machine-id': MACHINE_ID });
  assert.is(uniqueName('x'.repeat(80), at).name, `${'x'.repeat(54)}-2f15d9ba`);
  assert.is(uniqueName('__ñ', at).name, 'device-2f15d9ba');
});

test.run();
