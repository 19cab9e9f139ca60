import pg from 'pg';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Collector } from '../../src/collector/collector.js';
import { InboxWork } from '../../src/collector/share/inbox-work.js';
import { Membership } from '../../src/collector/share/membership.js';
import { SharedActions } from '../../src/collector/share/shared-actions.js';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import { silentLog } from '../../src/foundation/log.js';
import { Cluster } from '../database/postgres/cluster.js';
import { has, needs } from '../optional.js';

const onServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;
let databases = 0;

async function fleet() {
  const database = `fleet${++databases}`;
  await cluster!.sql('postgres', `CREATE DATABASE ${database}`);
  const target = cluster!.url(database);
  const store = await PostgresFleetStore.open({ target, member: { name: 'test' } });
  return {
    ...{ store, target },
    join: (name: string) => Membership.join(target, name, silentLog),
    sql: (text: string) => cluster!.sql(database, text),
  };
}

onServer('who comes back while another takes its session over waits until that is done', async () => {
  const { store, join } = await fleet();
  const two = await join('two');
  const one = await join('one');
  await one.leave();
  assert.ok(await two.claims('one'));
  const joined: Membership[] = [];
  const back = join('one').then((membership) => joined.push(membership));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.is(joined.length, 0);
  await two.release('one', true);
  await back;
  const { collectors } = await two.beat(0);
  assert.equal(collectors.map(({ name }) => name).sort(), ['one', 'two']);
  await Promise.all([joined[0]!.leave(), two.leave()]);
  await store.close();
});

onServer('the name of one who gives signs of life is refused', async () => {
  const { store, join } = await fleet();
  const one = await join('one');
  const beats = setInterval(() => void one.beat(0), 200);
  await join('one').then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, /--client-id: another collector is called one: give each its own/),
  );
  clearInterval(beats);
  await one.leave();
  await store.close();
});

onServer('a takeover that cannot begin leaves no lock', async () => {
  const { store, join, sql } = await fleet();
  const [one, two] = [await join('one'), await join('two')];
  await one.leave();
  await sql('ALTER TABLE fleet.collectors RENAME COLUMN seen_at TO seen');
  await two.claims('one').then(
    () => assert.unreachable('it was to fail'),
    () => undefined,
  );
  await sql('ALTER TABLE fleet.collectors RENAME COLUMN seen TO seen_at');
  assert.is(
    (await sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = hashtext('one')::oid")).length,
    0,
  );
  await two.leave();
  await store.close();
});

onServer('a seventeenth is told that there may be no more', async () => {
  const { store, join, sql } = await fleet();
  await sql("INSERT INTO fleet.collectors SELECT 'c' || n, n, 0, 0 FROM generate_series(0, 15) AS n");
  await join('another').then(
    () => assert.unreachable('it was to be refused'),
    (error: Error) => assert.match(error.message, '--share: 16 collectors share it'),
  );
  await (await join('c7')).leave();
  await store.close();
});

onServer('a collector that is stopped without a word loses its locks after half a minute', async () => {
  const { store, join } = await fleet();
  const one = await join('one');
  const settings =
    "SELECT current_setting('idle_session_timeout') AS idle, current_setting('server_version_num')::int AS version";
  const [{ idle, version }] = (await one.link.rows(settings)) as [{ idle: string; version: number }];
  assert.ok(version < 140_000 || idle === '30s', idle);
  assert.equal((await store.ask(settings, []))[0]!['idle'], idle);
  await one.leave();
  await store.close();
});

onServer('messages of many bytes are worked on some at a time', async () => {
  const { store, target, sql } = await fleet();
  await sql('CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset()');
  const client = new pg.Client(target);
  await client.connect();
  const payload = Buffer.alloc(2 ** 20, ' ');
  for (let n = 0; n < 80; n++)
    await client.query(
      "INSERT INTO fleet.inbox (partition, arrived_at, retained, late, topic, payload) VALUES (1, $1, false, false, 'edge/v1/demo/a/status', $2)",
      [n, payload],
    );
  await client.end();
  const work = new InboxWork({ store, open: () => Collector.open({ store }), log: silentLog });
  work.plan([1], 1000);
  work.start();
  const left = async () => Number((await sql('SELECT count(*) AS left FROM fleet.inbox'))[0]!['left']);
  while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(work.state?.counts.quarantined, 80);
  await work.stop();
  const [told] = await sql(
    "SELECT max(rows / calls) AS most FROM pg_stat_statements WHERE query LIKE 'DELETE%fleet.inbox%' AND rows > 0",
  );
  assert.ok(Number(told!['most']) <= 40, `${told!['most']} MiB at once`);
  await store.close();
});

onServer('answers that nobody asked for fill no disk, and where nobody can have asked none is kept', async () => {
  const { store, target, sql } = await fleet();
  const actions = new SharedActions({
    ...{ store, name: 'one', obstacle: 'no key', log: silentLog },
    open: async () => assert.unreachable() as never,
    choosable: async () => [],
  });
  const result = { evidence: 'x'.repeat(2 ** 20) };
  const tell = (): void => {
    for (let n = 0; n < 100; n++) actions.hear('demo', 'a', { id: `ask-${n}`, command: 'evidence', ok: true, result });
  };
  tell();
  const holder = new pg.Client(target);
  await holder.connect();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.equal(await sql('SELECT id FROM fleet.answers'), []);
  await holder.query("SELECT pg_advisory_lock(hashtext('edge-optimizer actions'), 0)");
  tell();
  const kept = async () => Number((await sql('SELECT count(*) AS kept FROM fleet.answers'))[0]!['kept']);
  while ((await kept()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await actions.stop();
  assert.ok((await kept()) <= 65, `${await kept()} MiB`);
  await holder.end();
  await store.close();
});

test.run();
