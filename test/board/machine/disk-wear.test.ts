import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lifeUsed, readWear } from '../../../src/board/machine/disk-wear.js';
import { tree } from './trees.js';

test('tenths of the life of the cells that are worn most; 0 and what is not in the standard say nothing', () => {
  assert.is(lifeUsed('0x01 0x01\n'), 10);
  assert.is(lifeUsed('0x02 0x0a\n'), 100);
  assert.is(lifeUsed('0x0b 0x01\n'), 110, 'beyond what it was made for');
  assert.is(lifeUsed('0x00 0x00\n'), null);
  assert.is(lifeUsed('0xff 0x03\n'), 30);
  assert.is(lifeUsed(''), null);
});

test('eMMC and UFS tell, other disks do not', async () => {
  const root = tree({
    'sys/block/mmcblk0/device/life_time': '0x03 0x01\n',
    'sys/block/mmcblk1/device/type': 'SD\n',
    'sys/block/sda/device/vendor': 'x\n',
    'sys/block/sda/health_descriptor/life_time_estimation_a': '0x05\n',
    'sys/block/sda/health_descriptor/life_time_estimation_b': '0x02\n',
  });
  assert.equal(
    [...(await readWear(root, ['mmcblk0', 'mmcblk1', 'sda', 'gone']))],
    [
      ['mmcblk0', 30],
      ['sda', 50],
    ],
  );
});

test.run();
