import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillDisk, killAtRandom, makeReadOnly } from '../../bench/store/torture.js';
import { needs } from '../optional.js';
import { smallDisk } from '../small-disk.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('torture');
/** The same moments each time, as far as processes let them. */
const random = () => 0.3;

onDisk('what was committed is there after kill -9', async () => {
  const at = join(folder, 'killed');
  mkdirSync(at);
  const { committed, ...found } = await killAtRandom({ folder: at, injections: 3, random });
  assert.equal(found, { injections: 3, lost: 0, damaged: 0, recovered: null });
  assert.ok(committed > 0);
});

const disk = smallDisk(join(folder, 'disk'), '1m');
if (disk === null) console.log('SKIPPED (this user may mount nothing): a full and a read-only disk lose nothing');
else {
  onDisk('what was committed is there after a full disk, and the rest follows', async () => {
    const { committed, ...found } = await fillDisk(disk, { folder: disk.at, injections: 2, random });
    assert.equal(found, { injections: 2, lost: 0, damaged: 0, recovered: 2 });
    assert.ok(committed > 0);
  });

  onDisk('what was committed is there on a read-only disk, and the rest follows when it can be written', async () => {
    const { committed, ...found } = await makeReadOnly(disk, { folder: disk.at, injections: 1, random });
    assert.equal(found, { injections: 1, lost: 0, damaged: 0, recovered: 1 });
    assert.ok(committed > 0);
    disk.remove();
  });
}

test.run();
