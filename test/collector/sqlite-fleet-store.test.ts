import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collector } from '../../src/collector/collector.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { newDevice } from './new-device.js';
import { fleetStoreContract } from './store-contract.js';

const folder = temporaryFolder('fleet-store');
const AT = 1_795_000_000_000;
let files = 0;
let file = '';
const open = () => new SqliteFleetStore({ file: (file = join(folder, `${++files}.sqlite`)), mostQuarantined: 20 });

fleetStoreContract(test, 'SQLite', open, async (store) => {
  await store.close();
  return new SqliteFleetStore({ file });
});

test('one collector has the file, and its owner alone may read it', async () => {
  const store = open();
  assert.throws(() => new SqliteFleetStore({ file }), /another collector has .*stop it, or name another file/);
  assert.is(statSync(file).mode & 0o077, 0);
  await store.close();
  await new SqliteFleetStore({ file }).close();
});

test('where the file takes no new device for now, no message is put aside for it', async () => {
  const store = new SqliteFleetStore({ file: (file = join(folder, `${++files}.sqlite`)), busyTimeoutMs: 1 });
  const collector = await Collector.open({ store });
  const other = new (loadSqlite())(file);
  other.exec('BEGIN IMMEDIATE');
  const body = { ts: AT, seq: 0, boot: '1f6b2c3d', online: true, bdSeq: 7, omitted: ['metrics'] };
  let kept = 0;
  const payload = Buffer.from(JSON.stringify(body));
  for (const name of ['a', 'b'])
    collector.take({ topic: `edge/v1/demo/${name}/status`, payload, retained: false, receivedAt: AT }, () => kept++);
  await eventually('it is told', () => collector.state().problem !== null);
  assert.match(String(collector.state().problem), file);
  other.exec('ROLLBACK');
  other.close();
  await eventually('written', () => kept === 2);
  assert.equal([collector.state().devices, collector.state().counts.quarantined], [2, 0]);
  await collector.stop();
  await store.close();
});

test('what is too old goes as fast as a busy fleet brings more', async () => {
  const store = open();
  const { id: device } = await newDevice(store, 'demo', 'one', AT);
  const rows = Array.from({ length: 2500 }, (_, n) => ({
    ...{ table: 'events' as const, device, stream: '0123456789ab', n, ts: AT, at: AT, receivedAt: AT + n },
    ...{ subject: 'north', kind: 'crossed', body: '{}' },
  }));
  const nothing = { devices: [], births: [], streams: [], alerts: [], quarantined: [], counts: {} };
  await store.commit({ ...nothing, rows });
  const later = AT + 400 * 86_400_000;
  // a clock is not believed in the first hour; then there is one call
  for (let halfHours = 0; halfHours < 3; halfHours++) await store.forget(later + halfHours * 1_800_000);
  const left = await store.history({ device, table: 'events', from: 0, to: AT * 2, limit: 9 });
  assert.is(left.length, 0);
  await store.close();
});

test.run();
