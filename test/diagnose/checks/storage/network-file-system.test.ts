import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { networkFileSystemCheck } from '../../../../src/diagnose/checks/storage/network-file-system.js';
import { tree } from '../../../board/machine/trees.js';
import { smallDisk } from '../../../small-disk.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('network file system');
const folder = temporaryFolder('network-file-system');
const disk = smallDisk(join(folder, 'disk'), '256k');

test('a store on NFS is broken, by the list of mounts alone', async () => {
  const root = tree({
    'proc/self/mountinfo':
      '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n40 1 0:50 / /srv/edge rw shared:9 - nfs4 nas:/edge rw,vers=4.2\n',
  });
  const findings = await findingsOf(networkFileSystemCheck(), { ...withStore('/srv/edge/data'), root });
  assert.equal(told(findings), ['broken store-on-network']);
  assert.equal(findings[0]?.values, { folder: '/srv/edge/data', name: 'NFS, nas:/edge' });
  assert.match(remedyOf(findings) ?? '', /^Set store\.dir to a folder on a local disk/);
});

(disk ? test : test.skip)('a store in memory is told', async () => {
  const findings = await findingsOf(networkFileSystemCheck(), withStore(join(disk!.at, 'data')));
  assert.equal(told(findings), ['degraded store-in-memory']);
});

test.run();
