import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collector } from '../../src/collector/collector.js';
import { openFleetStoreThread, type ThreadedFleetStore } from '../../src/collector/store/thread/fleet-store-thread.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { actionStoreContract } from './actions/store-contract.js';
import { fleetStoreContract } from './store-contract.js';

const folder = temporaryFolder('fleet-thread');
const AT = 1_795_000_000_000;
let files = 0;
let file = '';
const open = () => openFleetStoreThread({ file: (file = join(folder, `${++files}.sqlite`)), mostQuarantined: 20 });

fleetStoreContract(test, 'SQLite in a thread', open, async (store) => {
  await store.close();
  return openFleetStoreThread({ file });
});

actionStoreContract(test, 'SQLite in a thread', async () => {
  let store = await open();
  return {
    store: store.actions!,
    again: async () => {
      await store.close();
      store = await openFleetStoreThread({ file });
      return store.actions!;
    },
    close: () => store.close(),
  };
});

test('another collector is told who has the file, as without the thread', async () => {
  const store = await open();
  const refusal = await openFleetStoreThread({ file }).then(
    () => null,
    (error: unknown) => error,
  );
  assert.instance(refusal, ConfigError);
  assert.match((refusal as ConfigError).problems.join(), /another collector has .*stop it, or name another file/);
  await store.close();
  await store.close();
  await (await openFleetStoreThread({ file })).close();
});

test('what a disk refuses is known as that on this side too', async () => {
  const store = await openFleetStoreThread({ file: (file = join(folder, `${++files}.sqlite`)), busyTimeoutMs: 1 });
  const other = new (loadSqlite())(file);
  other.exec('BEGIN IMMEDIATE');
  const refusal = await store.addDevice('demo', 'a', AT).then(
    () => null,
    (error: { code?: string; message: string }) => error,
  );
  assert.is(refusal?.code, 'E_OUTPUT');
  assert.match(String(refusal?.message), file);
  other.exec('ROLLBACK');
  other.close();
  assert.is((await store.addDevice('demo', 'a', AT)).device, 'a');
  await store.close();
});

test('where the thread ends nothing is acknowledged that it had not written, and it is begun anew', async () => {
  const store = await open();
  let isMortal = false;
  const mortal: ThreadedFleetStore = {
    ...store,
    commit: async (changes) => {
      const written = store.commit(changes);
      // before it is answered
      if (isMortal) await store.endThread();
      isMortal = false;
      return written;
    },
  };
  const collector = await Collector.open({ store: mortal });
  const kept: number[] = [];
  const take = (seq: number, kind: string, body: object): void => {
    const payload = Buffer.from(JSON.stringify({ ts: AT + seq, seq, boot: '1f6b2c3d', ...body }));
    collector.take({ topic: `edge/v1/demo/a/${kind}`, payload, retained: false, receivedAt: AT + seq }, () =>
      kept.push(seq),
    );
  };
  take(0, 'status', { online: true, bdSeq: 7, omitted: ['metrics'] });
  await eventually('the birth is kept', () => kept.length === 1);
  isMortal = true;
  take(1, 'metrics', { values: { 'fps_inferred.north': 5 } });
  await eventually('it is told', () => collector.state().problem !== null);
  assert.match(String(collector.state().problem), /the thread that writes it ended .*begun anew/);
  assert.equal(kept, [0]);
  await eventually('it goes on', () => kept.length === 2);
  assert.is(collector.state().problem, null);
  const device = (await store.known('demo', 'a'))!.device.id;
  const rows = await store.history({ device, table: 'metrics', from: 0, to: AT * 2, limit: 9 });
  assert.equal(
    rows.map(({ n }) => n),
    [1],
  );
  await collector.stop();
  await store.close();
  await store.known('demo', 'a').then(
    () => assert.unreachable('it is closed'),
    (error: Error) => assert.match(error.message, /it was closed/),
  );
});

test.run();
