import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mountOf, parseMountInfo, readMounts } from '../../src/foundation/mounts.js';

const TEXT = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw
40 27 0:44 / /mnt/my\\040share rw,relatime shared:9 master:2 - nfs4 server:/share rw,vers=4.2
41 27 8:1 / /data rw - ext4 /dev/sda1 rw
42 41 0:45 / /data rw - fuse.sshfs me@host: rw
broken line
`;

test('the list of mounts is read with blanks in names and any number of optional fields', () => {
  const mounts = parseMountInfo(TEXT);
  assert.is(mounts.length, 5);
  assert.equal(mounts[1], { at: '/', type: 'ext4', source: '/dev/mmcblk0p2' });
  assert.equal(mounts[2], { at: '/mnt/my share', type: 'nfs4', source: 'server:/share' });
});

test('a path lies in the innermost mount, and in the last one where several are at one place', () => {
  const mounts = parseMountInfo(TEXT);
  assert.is(mountOf('/mnt/my share/edge', mounts)!.type, 'nfs4');
  assert.is(mountOf('/mnt/my shared', mounts)!.at, '/');
  assert.is(mountOf('/data', mounts)!.type, 'fuse.sshfs');
  assert.is(mountOf('/home', mounts)!.source, '/dev/mmcblk0p2');
  assert.is(mountOf('/home', []), null);
});

test('this process has something mounted at the root', () => {
  assert.ok(mountOf('/nowhere', readMounts()));
});

test.run();
