import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Platform, platformCheck } from '../../../../src/diagnose/checks/system/platform.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('platform');

const BOARD: Platform = { arch: 'arm64', kernel: 'aarch64', libc: 'glibc 2.36', system: 'linux' };
const look = (changes: Partial<Platform>) =>
  findingsOf(
    platformCheck(() => ({ ...BOARD, ...changes })),
    patientAt('/'),
  );

test('64 bits with glibc are fine', async () => {
  assert.equal(told(await look({})), ['fine platform-fine']);
});

test('musl has no ONNX Runtime', async () => {
  const findings = await look({ libc: 'musl' });
  assert.equal(told(findings), ['broken platform-musl']);
  assert.match(remedyOf(findings) ?? '', /Debian 12/);
});

test('a Node of 32 bits is told apart from a machine of 32 bits', async () => {
  assert.equal(told(await look({ arch: 'arm' })), ['broken platform-32-bit-node']);
  assert.equal(told(await look({ arch: 'arm', kernel: 'armv7l' })), ['broken platform-unsupported']);
});

test.run();
