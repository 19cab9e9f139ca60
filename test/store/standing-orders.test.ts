import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { type StandingOrder, StandingOrders } from '../../src/store/standing-orders.js';
import { StoreFile } from '../../src/store/store-file.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('standing-orders');
const NOW = 1_700_000_000_000;
const ORDER: StandingOrder = {
  subject: 'set output.logLevel',
  value: '"debug"',
  since: NOW,
  until: NOW + 1000,
  by: 'key',
};
const PAUSE: StandingOrder = { subject: 'pause north', value: 'true', since: NOW + 1, until: null, by: 'key' };

function run(file: string, open?: () => never) {
  const clock = { at: NOW };
  const more = open === undefined ? {} : { open };
  const now = () => clock.at;
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, now, ...more });
  const orders = new StandingOrders(db);
  db.start();
  return { db, orders, clock };
}

test('an order is there after a restart until it is taken back, and a later one of its subject takes its place', () => {
  const file = join(folder, 'restart/history.db');
  const first = run(file);
  first.orders.put({ ...ORDER, value: '"error"' });
  first.orders.put(PAUSE);
  first.orders.put(ORDER);
  first.db.stop();
  const second = run(file);
  assert.equal(second.orders.all(), [ORDER, PAUSE]);
  second.orders.delete(ORDER.subject);
  second.db.stop();
  const third = run(file);
  assert.equal(third.orders.all(), [PAUSE]);
  third.db.stop();
});

test('what a disk refuses is written once it takes it, the last word of each subject', () => {
  const file = join(folder, 'broken/history.db');
  let isBroken = true;
  const open = (): never => {
    if (isBroken) throw new Error('no disk');
    return openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog }) as never;
  };
  const { db, orders, clock } = run(file, open);
  orders.put(ORDER);
  orders.put(PAUSE);
  orders.delete(ORDER.subject);
  assert.equal(orders.all(), []);
  isBroken = false;
  clock.at += 120_000;
  db.flush();
  assert.equal(orders.all(), [PAUSE]);
  db.stop();
});

test.run();
