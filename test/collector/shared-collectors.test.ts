import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectAsync } from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetDifferences } from '../../scripts/fleet/fleet-differences.js';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import { GoneCollectors } from '../../src/collector/share/gone-collectors.js';
import { PARTITIONS, partitionOf, partitionsOf } from '../../src/collector/share/partition-plan.js';
import { ServerTime } from '../../src/collector/share/server-time.js';
import type { SharingState } from '../../src/collector/share/shared-collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { loadSqlite } from '../../src/store/sqlite.js';
import { Cluster } from '../database/postgres/cluster.js';
import { freePort } from '../loopback.js';
import { has, where } from '../optional.js';
import { kill, mosquitto } from '../telemetry/mqtt/mosquitto-process.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { startedChild } from './started-child.js';

const CHILD = fileURLToPath(new URL('./shared-child.js', import.meta.url));
const endings = endingsOf(test);
const isThere = has('postgres') && has('mosquitto');

test('devices are dealt out evenly, and only those of one who goes change hands', () => {
  const [a, b, c] = ['collector-1', 'collector-2', 'collector-3'].map((name, _, all) => partitionsOf(name, all));
  assert.is(a!.length + b!.length + c!.length, PARTITIONS);
  assert.ok([a, b, c].every((parts) => parts!.length > PARTITIONS / 5));
  const without = partitionsOf('collector-1', ['collector-1', 'collector-3']);
  assert.ok(a!.every((part) => without.includes(part)));
  assert.equal(partitionsOf('collector-1', []), []);
  const parts = new Set(Array.from({ length: 500 }, (_, n) => partitionOf(`edge/v1/demo/cabinet${n}/status`)));
  assert.is(parts.size, PARTITIONS);
  assert.is(partitionOf('edge/v1/demo/a/event/north'), partitionOf('edge/v1/demo/a/status'));
});

test("of the server's clock the quickest answer says most", () => {
  const time = new ServerTime();
  assert.is(time.of(1000), 1000);
  time.read(5000, 1000, 1800);
  assert.is(time.of(1000), 4600);
  time.read(6000, 2000, 2010);
  assert.is(time.of(1000), 4995);
  time.read(7200, 3000, 3900);
  assert.is(time.of(1000), 4995);
  // this machine's clock was set, or stood still: what was read before is wrong
  time.read(9000, 4000, 4100);
  assert.is(time.of(1000), 5950);
});

test('gone is whose lock stays free, or who is silent for long; not who is merely slow', () => {
  const gone = new GoneCollectors(10_000);
  const seen = (silentMs: number, isHeld: boolean): string[] => {
    const now = 1_000_000;
    return [...gone.of({ now, collectors: [{ name: 'one', seenAt: now - silentMs, safeAt: 0, isHeld }] })];
  };
  for (let silentMs = 0; silentMs < 10_000; silentMs += 500) assert.equal(seen(silentMs, true), []);
  assert.equal(seen(10_000, true), ['one']);
  const free = [1500, 2000, 2500, 3000].map((silentMs) => seen(silentMs, false).length);
  assert.equal(free, [0, 0, 0, 1]);
  // it came back in between
  assert.equal(seen(0, true), []);
  assert.equal(
    [1500, 2000, 2500].flatMap((silentMs) => seen(silentMs, false)),
    [],
  );
  // the server was away from all
  gone.forget();
  assert.equal(
    [6000, 6500, 7000].flatMap((silentMs) => seen(silentMs, false)),
    [],
  );
  assert.equal(seen(7500, false), ['one']);
});

where(
  isThere,
  'postgres or mosquitto',
  test,
)(
  'of three that share the load one is killed and one comes back: every message is there once, and what is missing is known',
  async () => {
    const folder = temporaryFolder('collectors-shared');
    const cluster = await Cluster.start();
    await cluster.sql('postgres', 'CREATE DATABASE fleet');
    const port = await freePort();
    const broker = await mosquitto(folder, port, [
      'allow_anonymous true',
      'max_queued_messages 0',
      'max_inflight_messages 50',
    ]);
    endings.push(() => kill(broker));
    const url = `mqtt://127.0.0.1:${port}`;
    const collector = async (name: string): Promise<ChildProcess> =>
      (await startedChild(CHILD, [url, cluster.url('fleet'), name])).child;
    // the first makes the schema, and others wait for it
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map(collector));
    const publisher = await connectAsync(url, { clientId: 'fleet' });
    endings.push(() => publisher.endAsync(true));
    const fleet = simulatedFleet({ devices: 4, hours: 2, seed: 11, from: Date.now() - 7_200_000 });
    // what is sent at QoS 0 nobody keeps for whoever is away
    const messages = fleet.messages.filter(({ qos }) => qos === 1);
    const publish = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 10)
        await Promise.all(
          messages
            .slice(at, Math.min(to, at + 10))
            .map(({ topic, payload, qos, retain }) => publisher.publishAsync(topic, payload, { qos, retain })),
        );
    };
    const third = Math.floor(messages.length / 3);
    await publish(0, third);
    const gone = once(two!, 'exit');
    // whatever it has taken and not written yet, and what the broker goes on dealing out to it
    two!.kill('SIGKILL');
    await publish(third, 2 * third);
    await gone;
    const sharing = async (child: ChildProcess): Promise<SharingState> => {
      const answer = once(child, 'message');
      child.send('state');
      return ((await answer)[0] as { sharing: SharingState }).sharing;
    };
    const takenOver = async (): Promise<number> => (await sharing(one!)).takenOver + (await sharing(three!)).takenOver;
    while ((await takenOver()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const back = await collector('two');
    await publish(2 * third, messages.length);
    const count = async (): Promise<number> =>
      Number((await cluster.sql('fleet', 'SELECT count(*) FROM fleet.inbox'))[0]!['count']);
    const arrived = fleet.truths.reduce((sum, { arrived }) => sum + arrived.size, 0);
    const numbered = async (): Promise<number> => {
      const counts = NUMBERED.map((table) => `SELECT count(*) AS n FROM fleet.${table}`).join(' UNION ALL ');
      return Number((await cluster.sql('fleet', `SELECT sum(n) AS n FROM (${counts}) AS counted`))[0]!['n']);
    };
    for (let tries = 0; tries < 300 && ((await count()) > 0 || (await numbered()) < arrived); tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const parts = await Promise.all([one!, back, three!].map(async (child) => (await sharing(child)).parts));
    assert.is(
      parts.reduce((sum, part) => sum + part, 0),
      PARTITIONS,
    );
    await Promise.all(
      [one!, back, three!].map(async (child) => {
        const ended = once(child, 'exit');
        child.send('stop');
        await ended;
      }),
    );
    assert.is(await count(), 0);
    const differences = [...fleetDifferences(await copied(cluster, join(folder, 'fleet.sqlite')), fleet.truths, false)];
    // what came late was out of order at the broker, whatever the device did; and of a message that was told twice, with another seq, the
    // second copy may have come first
    assert.equal(
      differences.filter(
        (difference) =>
          !/out of order|: (?:events|reports|alert_log|traffic|summaries): .* is not as it was sent$/.test(difference),
      ),
      [],
    );
  },
);

const NUMBERED = ['events', 'reports', 'alert_log', 'traffic', 'summaries'];
const TABLES = [...NUMBERED, 'devices', 'births', 'birth_bodies', 'streams', 'alerts'];

/** What a database has, in a file, where it can be compared. */
async function copied(cluster: Cluster, file: string): Promise<string> {
  await new SqliteFleetStore({ file, durable: false }).close();
  const sqlite = new (loadSqlite())(file);
  for (const table of TABLES)
    for (const row of await cluster.sql('fleet', `SELECT * FROM fleet.${table}`)) {
      const names = Object.keys(row);
      // numbers of 8 bytes come as text, and the columns know better
      sqlite
        .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
        .run(...Object.values(row));
    }
  sqlite.close();
  return file;
}

test.run();
