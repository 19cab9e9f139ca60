import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collector } from '../../src/collector/collector.js';
import type { FleetStore, LogRow } from '../../src/collector/store/fleet-store.js';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import { Cluster } from '../database/postgres/cluster.js';
import { has, needs } from '../optional.js';
import { eventually } from '../temporary.js';
import { actionStoreContract } from './actions/store-contract.js';
import { newDevice } from './new-device.js';
import { fleetStoreContract } from './store-contract.js';

const onServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;
const AT = 1_795_000_000_000;
const DAY = 86_400_000;
let databases = 0;
const open = async (more: Partial<Parameters<typeof PostgresFleetStore.open>[0]> = {}): Promise<PostgresFleetStore> => {
  if (more.target === undefined) await cluster!.sql('postgres', `CREATE DATABASE fleet${++databases}`);
  return PostgresFleetStore.open({ target: cluster!.url(`fleet${databases}`), mostQuarantined: 20, ...more });
};
const again = async (store: FleetStore): Promise<PostgresFleetStore> => {
  await store.close();
  return open({ target: cluster!.url(`fleet${databases}`) });
};
const sql = (text: string) => cluster!.sql(`fleet${databases}`, text);
const partsOf = async (table: string): Promise<number> =>
  (await sql(`SELECT 1 FROM pg_inherits WHERE inhparent = 'fleet.${table}'::regclass`)).length;
const NOTHING = { devices: [], births: [], streams: [], alerts: [], rows: [], quarantined: [], counts: {} };
const event = (device: number, n: number, ts: number, receivedAt = ts): LogRow => ({
  ...{ table: 'events', device, stream: '0123456789ab', n, ts, at: ts, receivedAt },
  ...{ subject: 'north', kind: 'crossed', body: `{"n":${n}}` },
});

fleetStoreContract(onServer as typeof test, 'PostgreSQL', open, again);
actionStoreContract(onServer as typeof test, 'PostgreSQL', async () => {
  let store = await open();
  return {
    store: store.actions,
    again: async () => (store = await again(store)).actions,
    forget: (before) => store.actions.forget(before),
    close: () => store.close(),
  };
});

onServer(
  'what lies in parts by time goes with its part, what came late with its row, and clocks that are far off get none',
  async () => {
    const store = await open();
    const { id } = await newDevice(store, 'demo', 'one', AT);
    const rows = [
      event(id, 4, 1000, AT),
      event(id, 5, AT + 4000 * DAY, AT),
      ...[0, 8, 30].map((days, n) => event(id, n, AT + days * DAY)),
      event(id, 3, AT, AT + 100 * DAY),
    ];
    for (const row of rows) await store.commit({ ...NOTHING, rows: [row] });
    await store.commit({ ...NOTHING, rows });
    assert.is(store.partsKind, 'partitions');
    assert.is(await partsOf('events'), 4, 'three weeks, and one for what is far off');
    const left = async () =>
      (await store.history({ device: id, table: 'events', from: 0, to: AT * 2, limit: 9 }))
        .map(({ n }) => n)
        .toSorted();
    assert.equal(await left(), [0, 1, 2, 3, 4, 5]);
    // a clock is not believed for a day behind a leap
    for (let halfHours = 0; halfHours <= 50; halfHours++) await store.forget(AT + 106 * DAY + halfHours * 1_800_000);
    assert.equal(await left(), [2, 3]);
    assert.is(await partsOf('events'), 3);
    await store.close();
  },
);

onServer('a time that nobody expected gets its part once it has come', async () => {
  const store = await open();
  const { id } = await newDevice(store, 'demo', 'one', AT);
  await store.commit({ ...NOTHING, rows: [event(id, 1, AT + 60 * DAY, AT)] });
  assert.is(await partsOf('events'), 1);
  await store.commit({ ...NOTHING, rows: [event(id, 2, AT + 60 * DAY), event(id, 1, AT + 60 * DAY)] });
  assert.is(await partsOf('events'), 2);
  const rows = await store.history({ device: id, table: 'events', from: 0, to: AT * 2, limit: 9 });
  assert.equal(rows.map(({ n, receivedAt }) => [n, receivedAt - AT]).toSorted(), [
    [1, 0],
    [2, 60 * DAY],
  ]);
  await store.close();
});

onServer('one collector writes to it; a second one is refused before it changes anything', async () => {
  const store = await open();
  const target = cluster!.url(`fleet${databases}`);
  await open({ target }).then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, /--store: another collector writes to postgres:.*--share/),
  );
  await store.close();
  await (await open({ target })).close();
});

onServer('where the server is away nothing is acknowledged, it is told, and then all is written once', async () => {
  const store = await open();
  const collector = await Collector.open({ store });
  let kept = 0;
  const take = (name: string): void => {
    const body = { ts: AT, seq: 0, boot: '1f6b2c3d', online: true, bdSeq: 7, omitted: ['metrics'] };
    const payload = Buffer.from(JSON.stringify(body));
    collector.take({ topic: `edge/v1/demo/${name}/status`, payload, retained: false, receivedAt: AT }, () => kept++);
  };
  take('a');
  await eventually('it is written', () => kept === 1);
  await cluster!.crash();
  take('a');
  take('b');
  await eventually('it is told', () => collector.state().problem !== null);
  assert.match(String(collector.state().problem), /^the (fleet|database) .*postgres:/);
  assert.is(kept, 1);
  await cluster!.resume();
  await eventually('it is written', () => kept === 3, 30_000);
  assert.equal([collector.state().problem, collector.state().devices], [null, 2]);
  assert.equal([collector.state().counts.doubles, collector.state().counts.quarantined], [1, 0]);
  assert.is((await sql('SELECT 1 FROM fleet.births')).length, 2);
  await collector.stop();
  await store.close();
});

onServer('a connection that the server ends is made again', async () => {
  const store = await open();
  const { id } = await newDevice(store, 'demo', 'one', AT);
  const end = () => sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'edge%'");
  await end();
  const rows = [event(id, 1, AT)];
  await store.commit({ ...NOTHING, rows, counts: { taken: 1 } });
  assert.equal(await store.counts(), { taken: 1 });
  assert.is((await sql('SELECT 1 FROM fleet.events')).length, 1);
  await store.close();
});

onServer('a day is read in the order of its arrival without reading all of it for every page', async () => {
  const store = await open();
  const { id } = await newDevice(store, 'demo', 'one', AT);
  const day = Math.floor(AT / DAY) * DAY;
  const row = { table: 'traffic', device: id, stream: 's', subject: 'north', part: 1, body: '{}' } as const;
  const at = { n: 0, start: day, ts: day, at: day, receivedAt: day };
  await store.commit({ ...NOTHING, rows: [{ ...row, ...at }] });
  await sql(`INSERT INTO fleet.traffic SELECT (${day} + n * 800) * 1024, ${id}, 'south', ${day} + n, 1, 's', n, ${day}, ${day}, repeat('x', 300)
    FROM generate_series(1, 100000) AS n`);
  // nobody vacuums here
  await sql('ANALYZE');
  await store.forget(day + DAY);
  await sql('SELECT pg_stat_reset()');
  const found: number[] = [];
  for (let after = day * 1024; ; after = found.at(-1)!) {
    const page = await store.arrived('traffic', after, 1000, (day + DAY) * 1024);
    found.push(...page.map(({ id: one }) => one));
    if (page.length < 1000) break;
  }
  assert.is(found.length, 100_000);
  assert.ok(found.every((one, index) => index === 0 || one > found[index - 1]!));
  await store.close();
  const [read] = await sql(
    "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS rows FROM pg_stat_user_tables WHERE relname LIKE 'traffic%'",
  );
  assert.ok(Number(read!['rows']) < 1_500_000, `${read!['rows']} rows were read`);
});

onServer('a store of many rows is opened without reading them', async () => {
  const store = await open();
  const { id } = await newDevice(store, 'demo', 'one', AT);
  const now = Date.now();
  await store.commit({ ...NOTHING, rows: [event(id, 1, now)] });
  await sql(`INSERT INTO fleet.events SELECT (${now - 3 * DAY} + n) * 1024, ${id}, 's', n, ${now}, ${now}, null, null, ''
    FROM generate_series(1, 200000) AS n`);
  await store.commit({ ...NOTHING, rows: [event(id, 2, now + 1)] });
  await store.close();
  await sql('ANALYZE');
  await sql('SELECT pg_stat_reset()');
  const opened = await open({ target: cluster!.url(`fleet${databases}`) });
  assert.is(opened.ids.last, (now + 1) * 1024);
  await opened.close();
  const [read] = await sql("SELECT sum(seq_tup_read) AS rows FROM pg_stat_user_tables WHERE relname LIKE 'events%'");
  assert.ok(Number(read!['rows']) < 100_000, `${read!['rows']} rows were read`);
});

onServer('a password is in no message', async () => {
  const target = 'postgres://ana:geheim-7@127.0.0.1:1/fleet';
  await PostgresFleetStore.open({ target }).then(
    () => assert.unreachable('nobody is there'),
    (error: Error) => {
      assert.match(error.message, 'postgres://ana@127.0.0.1:1/fleet');
      assert.not.match(JSON.stringify(error, Object.getOwnPropertyNames(error)), 'geheim');
    },
  );
});

onServer('the schema of a newer program is left alone', async () => {
  const store = await open();
  await store.close();
  await sql('UPDATE fleet.layout SET version = 99');
  await again(store).then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, /has version 99: expected at most/),
  );
});

onServer('text that PostgreSQL has not got does not stop what is put aside', async () => {
  const store = await open();
  const message = { receivedAt: AT, topic: 'x', reason: 'no-json', detail: '', bytes: 1, sample: 'a\0b' } as const;
  await store.commit({ ...NOTHING, quarantined: [message] });
  assert.is((await store.quarantine(1))[0]?.sample, 'a\ufffdb');
  await store.close();
});

onServer('where TimescaleDB is installed its functions lay out the tables and drop what is old', async () => {
  await cluster!.sql('postgres', `CREATE DATABASE fleet${++databases}`);
  // its calls as its documentation has them: the extension itself is not in Debian
  await sql(`SET allow_system_table_mods = on;
    INSERT INTO pg_extension SELECT 99999, 'timescaledb', extowner, extnamespace, false, '2.17.0', null, null
      FROM pg_extension WHERE extname = 'plpgsql';
    CREATE TABLE calls (what TEXT, hypertable REGCLASS, older BIGINT, newer BIGINT);
    CREATE FUNCTION create_hypertable(relation REGCLASS, time_column_name NAME, chunk_time_interval BIGINT) RETURNS INT
      LANGUAGE sql AS $$ INSERT INTO calls VALUES ('create ' || time_column_name, relation, chunk_time_interval) RETURNING 1 $$;
    CREATE FUNCTION drop_chunks(relation REGCLASS, older_than BIGINT, newer_than BIGINT) RETURNS INT
      LANGUAGE sql AS $$ INSERT INTO calls VALUES ('drop', relation, older_than, newer_than) RETURNING 1 $$;
    CREATE SCHEMA timescaledb_information;
    CREATE SCHEMA chunks; CREATE TABLE chunks.one (id BIGINT);
    CREATE VIEW timescaledb_information.chunks AS SELECT 'fleet' AS hypertable_schema, 'events' AS hypertable_name,
      'chunks' AS chunk_schema, 'one' AS chunk_name, 0::bigint AS range_start_integer, 604800000::bigint AS range_end_integer`);
  const store = await open({ target: cluster!.url(`fleet${databases}`) });
  assert.is(store.partsKind, 'hypertables');
  assert.is((await sql("SELECT 1 FROM calls WHERE what LIKE 'create %'")).length, 9);
  for (let halfHours = 0; halfHours <= 3; halfHours++) await store.forget(AT + halfHours * 1_800_000);
  const dropped = await sql("SELECT DISTINCT hypertable::text, older, newer FROM calls WHERE what = 'drop'");
  assert.equal(dropped, [{ hypertable: 'fleet.events', older: '604800000', newer: '0' }]);
  await store.close();
});

test.run();
