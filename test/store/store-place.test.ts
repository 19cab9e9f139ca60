import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileSystem, fileSystemKind } from '../../src/foundation/file-system.js';
import { judgePlace } from '../../src/store/store-place.js';

const ROOT = { at: '/', type: 'ext4', source: '/dev/mmcblk0p2' };

function judgeOn(magic: number, type = 'ext4', source = '/dev/sda1') {
  const [name, kind] = fileSystemKind(magic);
  const found: FileSystem = { name, kind, freeBytes: 1e9, freeFiles: null };
  return judgePlace(
    '/data/edge',
    () => [ROOT, { at: '/data', type, source }],
    () => found,
  );
}

test('every network file system is refused with its name and what to do', () => {
  for (const [magic, name] of [
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'SMB/CIFS'],
    [0xfe534d42, 'SMB'],
    [0x01021997, '9p'],
    [0x00c36400, 'Ceph'],
    [0x5346414f, 'AFS'],
    [0x0bd00bd0, 'Lustre'],
    [0x19830326, 'BeeGFS'],
  ] as const) {
    const { refusal } = judgeOn(magic);
    assert.ok(
      refusal!.startsWith(`/data/edge lies on a network file system (${name}), where databases break`),
      `${refusal}`,
    );
    assert.match(refusal!, /choose a folder on a local disk$/);
  }
});

test('a server that is away is not asked: the list of mounts tells', () => {
  const { refusal } = judgePlace(
    '/data/edge',
    () => [ROOT, { at: '/data', type: 'nfs4', source: 'server:/share' }],
    () => {
      throw new Error('asked');
    },
  );
  assert.match(refusal!, 'network file system (NFS, server:/share)');
  assert.match(judgeOn(0x65735546, 'fuse.sshfs', 'me@host:').refusal!, '(fuse.sshfs, me@host:)');
});

test('memory, layers and unknown programs are warned of and may be used, a disk is fine', () => {
  assert.match(judgeOn(0x01021994).warning!, 'lies in memory (tmpfs): nothing there outlives a restart');
  assert.match(judgeOn(0x794c7630).warning!, 'lies in a layer (overlay)');
  assert.match(judgeOn(0x65735546, 'fuse.odd').warning!, 'a file system that is a program');
  assert.equal(
    [judgeOn(0x01021994), judgeOn(0x794c7630)].map(({ refusal }) => refusal),
    [null, null],
  );
  assert.equal(judgeOn(0xef53), { refusal: null, warning: null });
});

test.run();
