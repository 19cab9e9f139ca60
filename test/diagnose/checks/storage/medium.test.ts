import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mediumCheck } from '../../../../src/diagnose/checks/storage/medium.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('medium');
const store = temporaryFolder('medium');

/** A machine on whose eMMC the temporary folder lies. */
function machine(files: Files): string {
  const card = 'sys/devices/soc/mmc1/block/mmcblk1';
  const root = tree({ [`${card}/device/type`]: 'MMC\n', [`${card}/device/name`]: 'DG4016\n', ...files });
  const { dev } = statSync(store);
  const number = `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`;
  for (const folder of ['sys/dev/block', 'sys/block']) mkdirSync(join(root, folder), { recursive: true });
  symlinkSync(join(root, card), join(root, 'sys/dev/block', number));
  symlinkSync(join(root, card), join(root, 'sys/block/mmcblk1'));
  return root;
}
const look = (files: Files) => findingsOf(mediumCheck(), { ...withStore(store), root: machine(files) });
const lifeTime = (text: string): Files => ({ 'sys/devices/soc/mmc1/block/mmcblk1/device/life_time': text });

test('an eMMC with life left is fine', async () => {
  const findings = await look(lifeTime('0x02 0x01\n'));
  assert.equal(told(findings), ['fine medium-wear']);
  assert.equal(findings[0]?.values, { kind: 'eMMC', device: 'mmcblk1', model: 'DG4016', used: 20 });
  assert.equal(told(await look({})), ['fine medium-fine']);
});

test('a worn eMMC is told before it fails', async () => {
  const findings = await look(lifeTime('0x0a 0x03\n'));
  assert.equal(told(findings), ['degraded medium-worn']);
  assert.is(findings[0]?.values.used, 100);
  assert.match(remedyOf(findings) ?? '', /edge-optimizer store backup FILE/);
});

test('errors that the file system counted are told', async () => {
  const findings = await look({ 'sys/fs/ext4/mmcblk1p2/errors_count': '7\n' });
  assert.equal(told(findings), ['degraded file-system-errors']);
  assert.equal(findings[0]?.values, { device: 'mmcblk1p2', errors: 7 });
});

test('a machine that does not tell its medium says nothing', async () => {
  assert.equal(await findingsOf(mediumCheck(), { ...withStore(store), root: tree({ 'proc/uptime': '1 1\n' }) }), []);
});

test.run();
