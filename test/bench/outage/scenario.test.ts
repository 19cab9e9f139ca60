import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { outage } from '../../../bench/outage/scenario.js';
import { needs } from '../../optional.js';
import { seeded } from '../../seeded.js';
import { smallDisk } from '../../small-disk.js';
import { temporaryFolder } from '../../temporary.js';

needs('better-sqlite3', test)(
  'an outage with kills, a full and a read-only disk loses nothing that was accepted',
  async () => {
    const folder = temporaryFolder('outage');
    const disk = smallDisk(join(folder, 'disk'), '40m');
    const result = await outage({
      program: 'device.js',
      folder,
      disk,
      messages: 3000,
      rate: 4,
      kills: 1,
      outageS: 2,
      lifeMs: 500,
      maxBytes: 24 * 2 ** 20,
      random: seeded(3),
    });
    disk?.remove();
    const { handed, lost, told, outOfOrder, isProved, accepted, received } = result;
    assert.equal([handed, lost, told, outOfOrder, isProved], [3000, 0, 0, 0, true]);
    assert.ok(accepted > 1000 && received >= accepted, `${accepted} accepted, ${received} received`);
  },
);

test.run();
