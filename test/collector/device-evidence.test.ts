import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../src/collector/api/device-evidence.js';
import type { HistoryQuery, LogRow } from '../../src/collector/store/fleet-store.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { temporaryFolder } from '../temporary.js';
import { newDevice } from './new-device.js';

const AT = 1_795_000_000_000;
const CHAIN = '0123456789abcdef';
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0x00]).toString('base64');

test('a picture is found among many without having all of them in memory', async () => {
  const asked: number[] = [];
  class Asked extends SqliteFleetStore {
    override history(query: HistoryQuery) {
      asked.push(query.limit);
      return super.history(query);
    }
  }
  const store = new Asked({ file: join(temporaryFolder('device-evidence'), 'fleet.sqlite'), durable: false });
  const { id } = await newDevice(store, 'demo', 'a', AT);
  const rows = Array.from({ length: 120 }, (_, n): LogRow => {
    const pictures = [{ role: 'crop', data: JPEG }];
    const body = JSON.stringify({ chain: CHAIN, record: n, signed: '{}', pictures });
    const time = { ts: AT, at: AT, receivedAt: AT + n };
    return { table: 'evidence', device: id, stream: '0123456789ab', n, ...time, subject: 'north', kind: null, body };
  });
  const nothing = { devices: [], births: [], streams: [], alerts: [], quarantined: [], counts: {} };
  await store.commit({ ...nothing, rows });
  const found = await pictureOf(store, id, { chain: CHAIN, record: 3, role: 'crop' });
  assert.equal([found?.contentType, found?.bytes.length], ['image/jpeg', 4]);
  assert.is(await pictureOf(store, id, { chain: CHAIN, record: 500, role: 'crop' }), null);
  assert.ok(Math.max(...asked) <= 50, `it asked for ${Math.max(...asked)} records at once`);
  await store.close();
});

test.run();
