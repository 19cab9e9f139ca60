import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { smallDisk } from '../small-disk.js';
import { temporaryFolder } from '../temporary.js';
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

test('a disk that takes no new device is told as such: no message is put aside for it', async () => {
  const disk = smallDisk(join(folder, 'small'), '1m');
  if (disk === null) return;
  const store = new SqliteFleetStore({ file: join(disk.at, 'fleet.sqlite') });
  await store.addDevice('demo', 'before', 1);
  disk.fill();
  let failure: unknown = null;
  for (let n = 0; n < 500 && failure === null; n++)
    await store.addDevice('demo', `device-${n}`, 1).catch((error: unknown) => {
      failure = error;
    });
  assert.is((failure as { code?: string }).code, 'E_OUTPUT');
  await store.close().catch(() => undefined);
  disk.remove();
});

test('what is too old goes as fast as a busy fleet brings more', async () => {
  const store = open();
  const { id: device } = await store.addDevice('demo', 'one', AT);
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
