import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileSystemKind, fileSystemOf, mountedKind } from '../../src/foundation/file-system.js';

test('file systems are known by their magic numbers, also those whose highest bit is set', () => {
  assert.equal(fileSystemKind(0x6969), ['NFS', 'network']);
  assert.equal(fileSystemKind(0xff534d42), ['SMB/CIFS', 'network']);
  assert.equal(fileSystemKind(0xff534d42 | 0), ['SMB/CIFS', 'network']);
  assert.equal(fileSystemKind(0x65735546), ['FUSE', 'program']);
  assert.equal(fileSystemKind(0x01021997), ['9p', 'network']);
  assert.equal(fileSystemKind(0x794c7630), ['overlay', 'layer']);
  assert.equal(fileSystemKind(0xef53), ['', 'disk']);
});

test('a path that is not there lies where its nearest folder does', () => {
  const { name, kind } = fileSystemOf('/proc/not/there')!;
  assert.equal([name, kind], ['proc', 'kernel']);
  assert.ok(fileSystemOf(process.cwd())!.freeBytes > 0);
});

test('what is behind FUSE stands in the list of mounts', () => {
  const kindOf = (type: string) => {
    const mounts = () => [
      { at: '/', type: 'ext4', source: '/dev/sda1' },
      { at: '/data', type, source: 'somewhere' },
    ];
    const statfs = () => ({ type: 0x65735546, bsize: 4096, bavail: 10, files: 0, ffree: 0 });
    const { name, kind } = fileSystemOf('/data/edge', { mounts, statfs })!;
    return [name, kind];
  };
  assert.equal(kindOf('fuse.sshfs'), ['fuse.sshfs', 'network']);
  assert.equal(kindOf('fuse.rclone'), ['fuse.rclone', 'network']);
  assert.equal(kindOf('fuse.s3fs'), ['fuse.s3fs', 'network']);
  assert.equal(kindOf('fuseblk'), ['fuseblk', 'disk']);
  assert.equal(kindOf('fuse.fuse-overlayfs'), ['fuse.fuse-overlayfs', 'layer']);
  assert.equal(kindOf('virtiofs'), ['virtiofs', 'program']);
  assert.equal(kindOf('fuse.unheard-of'), ['unheard-of', 'program']);
});

test('network file systems are known by their type, before their server is asked', () => {
  const kinds = ['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'ceph', 'fuse.ceph', 'fuse.glusterfs', 'lustre', 'vboxsf'];
  assert.equal(
    kinds.filter((type) => mountedKind(type)?.[1] !== 'network'),
    [],
  );
  assert.equal(
    ['ext4', 'btrfs', 'tmpfs', 'overlay', 'nfsd', 'f2fs'].filter((type) => mountedKind(type) !== null),
    [],
  );
});

test.run();
