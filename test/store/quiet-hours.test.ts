import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { QUIET_HOURS_MIGRATIONS } from '../../src/store/migrations.js';
import { QuietHours } from '../../src/store/quiet-hours.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('quiet-hours');
const HOUR_MS = 3_600_000;
const HOUR = 500_000;
let files = 0;

function record(file = join(folder, `${++files}`, 'quiet-hours.db')) {
  const clock = { at: HOUR * HOUR_MS };
  const open = () => openDatabase({ file, migrations: QUIET_HOURS_MIGRATIONS, log: silentLog });
  const it = new QuietHours({ open, now: () => clock.at, log: silentLog });
  it.start();
  return { it, file, clock };
}

test('what was added is there after a restart, of each camera its own', () => {
  const { it, file } = record();
  it.add('north', { hour: HOUR, longestMs: 61_000.4 });
  it.add('south', { hour: HOUR, longestMs: 5000 });
  it.stop();
  const again = record(file).it;
  assert.equal(again.read('north', 30), [{ hour: HOUR, longestMs: 61_000 }]);
  assert.equal(again.read('east', 30), []);
  again.stop();
});

test('the longer silence of an hour stays, in memory and on disk', () => {
  const { it } = record();
  it.add('north', { hour: HOUR, longestMs: 9000 });
  it.add('north', { hour: HOUR, longestMs: 4000 });
  it.write();
  it.add('north', { hour: HOUR, longestMs: 7000 });
  it.write();
  assert.equal(it.read('north', 30), [{ hour: HOUR, longestMs: 9000 }]);
  it.stop();
});

test('hours are read as far back as is asked, and forgotten after 60 days', () => {
  const { it, clock } = record();
  it.add('north', { hour: HOUR, longestMs: 1 });
  it.write();
  clock.at += 40 * 24 * HOUR_MS;
  assert.is(it.read('north', 30).length, 0);
  assert.is(it.read('north', 50).length, 1);
  clock.at += 21 * 24 * HOUR_MS;
  it.add('north', { hour: HOUR + 61 * 24, longestMs: 2 });
  it.write();
  assert.equal(it.read('north', 365), [{ hour: HOUR + 61 * 24, longestMs: 2 }]);
  it.stop();
});

test('without a disk 800 hours wait, and the oldest are dropped and counted', () => {
  const it = new QuietHours({
    open: () => {
      throw new Error('no disk');
    },
    log: silentLog,
  });
  it.start();
  for (let i = 0; i < 810; i++) it.add('north', { hour: HOUR + i, longestMs: 1 });
  assert.is(it.health().droppedWrites, 10);
  assert.equal(it.read('north', 30), []);
  it.stop();
});

test.run();
