import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedParts, fingerprintId, readFingerprint, readPowerMode } from '../../src/board/fingerprint.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const BOARDS = join(PROJECT_ROOT, 'test/fixtures/boards');
const KNOWN = {
  board: 'x86-cuda',
  cores: '8',
  provider: 'cpu',
  runtime: 'onnxruntime-node 1.29.0',
  node: '20.19.0',
};

function tree(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(temporaryFolder('fingerprint'), name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a Raspberry Pi is told by its core and vector extensions', () => {
  const { cpu, cpuFlags } = readFingerprint(join(BOARDS, 'raspberry-pi-5'), KNOWN);
  assert.is(cpu, 'ARM 0x41 0xd0b');
  assert.is(cpuFlags, 'asimd asimdhp fphp');
});

test('an x86 machine with an NVIDIA GPU is told by its driver, for providers that use it', () => {
  const root = join(BOARDS, 'x86-cuda');
  const { cpu, driver } = readFingerprint(root, { ...KNOWN, provider: 'cuda' });
  assert.is(cpu, 'AMD Ryzen 7 5800X 8-Core Processor');
  assert.is(driver, 'NVIDIA 550.90.07');
  assert.is(readFingerprint(root, KNOWN).driver, 'none');
});

test('only the extensions that kernels are chosen by count among the CPU flags', () => {
  const root = tree('x86', {
    'proc/cpuinfo': 'model name\t: Some CPU\nflags\t\t: fpu vme sse4_1 user_shstk avx2 avx512_vnni fma nx\n',
  });
  assert.is(readFingerprint(root, KNOWN).cpuFlags, 'avx2 avx512_vnni fma sse4_1');
});

test('the power mode is nvpmodel’s mode and the governors', () => {
  const root = tree('jetson', {
    'var/lib/nvpmodel/status': 'pmode:0002',
    'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'schedutil\n',
    'sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'performance\n',
  });
  assert.is(readPowerMode(root), 'nvpmodel 2, governor performance+schedutil');
  assert.is(readPowerMode('/no/such/folder'), 'unknown');
});

test('a Jetson’s driver is its L4T release', () => {
  const root = tree('l4t', { 'etc/nv_tegra_release': '# R36 (release), REVISION: 4.3, GCID: 1, BOARD: generic\n' });
  assert.is(readFingerprint(root, { ...KNOWN, provider: 'tensorrt' }).driver, 'L4T R36 4.3');
});

test('what changed is named with both values', () => {
  const now = readFingerprint(join(BOARDS, 'x86-cuda'), { ...KNOWN, provider: 'cuda' });
  const before = { ...now, driver: 'NVIDIA 535.1', powerMode: 'governor powersave' };
  assert.equal(changedParts(before, now), [
    'driver: NVIDIA 535.1, now NVIDIA 550.90.07',
    'power mode: governor powersave, now unknown',
  ]);
  assert.equal(changedParts(now, now), []);
  assert.is.not(fingerprintId(before), fingerprintId(now));
});

test('a part that an older version did not know is a change', () => {
  const now = readFingerprint(join(BOARDS, 'x86-cpu'), KNOWN);
  const { powerMode: _, ...before } = now;
  assert.equal(changedParts(before as typeof now, now), ['power mode: none, now unknown']);
});

test('the name of a fingerprint is the same every time', () => {
  const fingerprint = readFingerprint(join(BOARDS, 'x86-cpu'), KNOWN);
  assert.match(fingerprintId(fingerprint), /^[0-9a-f]{16}$/);
  const turned = Object.fromEntries(Object.entries(fingerprint).reverse()) as unknown as typeof fingerprint;
  assert.is(fingerprintId(turned), fingerprintId(fingerprint));
});

test.run();
