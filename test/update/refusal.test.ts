import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseBundleManifest } from '../../src/update/manifest.js';
import { compareVersions, updateRefusal } from '../../src/update/refusal.js';

const manifest = (version: string, platform = 'linux-arm64', glibc: string | null = null) => {
  const head = { format: 1, name: 'edge-inference-optimizer', version, platform };
  const rest = { commit: null, node: '20.20.2', sqlite: true, glibc, files: [] };
  return parseBundleManifest(Buffer.from(JSON.stringify(Object.assign(head, rest))));
};
const device = { platform: 'linux-arm64', glibc: '2.36', version: '1.10.0', allowOlder: false };

test('versions are compared as semantic versioning has it', () => {
  const order = [
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0',
    '1.2.0',
    '1.10.0',
  ];
  assert.equal([...order].reverse().sort(compareVersions), order);
  assert.is(compareVersions('1.0.0', '1.0.0'), 0);
});

test('another platform and an older version are refused, the same version is not', () => {
  assert.match(
    updateRefusal(manifest('2.0.0', 'linux-x64'), device) ?? '',
    'is for linux-x64, this machine is linux-arm64',
  );
  assert.match(updateRefusal(manifest('1.9.9'), device) ?? '', 'version 1.9.9, older than 1.10.0');
  assert.is(updateRefusal(manifest('1.9.9'), { ...device, allowOlder: true }), null);
  assert.is(updateRefusal(manifest('1.10.0'), device), null);
  assert.is(updateRefusal(manifest('0.0.1'), { ...device, version: null }), null);
});

test('a machine whose C library is older than what the parts were compiled for, or another one, is told so', () => {
  const needs = (glibc: string) => manifest('2.0.0', 'linux-arm64', glibc);
  const on = (glibc: string | null) => ({ ...device, glibc });
  assert.is(updateRefusal(needs('2.34'), on('2.34')), null);
  assert.is(updateRefusal(needs('2.4'), on('2.34')), null);
  assert.match(
    updateRefusal(needs('2.34'), on('2.31')) ?? '',
    'needs glibc 2.34 or newer, this machine has 2.31: take',
  );
  assert.match(updateRefusal(needs('2.28'), on(null)) ?? '', 'this machine has another C library');
});

test('a manifest of before that says nothing of glibc is still one', () => {
  const old = { format: 1, name: 'edge-inference-optimizer', version: '0.1.0', platform: 'linux-x64' };
  const rest = { commit: null, node: '20.20.2', sqlite: true, files: [] };
  assert.is(parseBundleManifest(Buffer.from(JSON.stringify({ ...old, ...rest }))).glibc, null);
});

test.run();
