import { memoryUsage } from 'node:process';
import { FleetSubscription } from '../../src/collector/broker/fleet-subscription.js';
import { Collector } from '../../src/collector/collector.js';
import type { FleetStore } from '../../src/collector/store/fleet-store.js';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import type { MqttConfig } from '../../src/config/config.js';
import { isAddress } from '../../src/database/postgres/server/postgres-address.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { Histogram } from './latencies.js';
import { plainSubscriber } from './plain-subscriber.js';

/*
 * One that receives: `node contender.js ours|plain URL STORE durable|written`. It tells the parent how many messages are kept, how long they
 * took, and its memory; `stop` ends it.
 */
const [who, broker, file, durability] = process.argv.slice(2) as ['ours' | 'plain', string, string, string];
const TELL_EVERY_MS = 20;

const took = new Histogram();
let kept = 0;
let since = { kept: 0, cpu: process.cpuUsage() };
const keptNow = (madeAt: number): void => {
  kept++;
  took.add(Date.now() - madeAt);
};
const durable = durability === 'durable';
/** Tells of each row when it is committed. */
function timed(store: FleetStore): FleetStore {
  const commit = store.commit.bind(store);
  store.commit = async (changes) => {
    await commit(changes);
    for (const { ts } of changes.rows) keptNow(ts);
    // births have no row: the first of each device
    for (const { seqs, ts } of changes.births) if (seqs.ranges[0]?.[1] === 0) keptNow(ts);
  };
  return store;
}

const stop = who === 'ours' ? await ours() : await plainSubscriber({ broker, file, durable, kept: keptNow });

const timer = setInterval(() => process.send!({ kept, rssMiB: memoryUsage.rss() / 2 ** 20 }), TELL_EVERY_MS);
process.send!({ ready: true });
process.on('message', async (asked) => {
  if (asked === 'forget') {
    took.clear();
    since = { kept, cpu: process.cpuUsage() };
  }
  if (asked !== 'stop') return;
  clearInterval(timer);
  const { user, system } = process.cpuUsage(since.cpu);
  process.send!({
    kept,
    p50Ms: took.quantile(0.5),
    p99Ms: took.quantile(0.99),
    rssMiB: memoryUsage.rss() / 2 ** 20,
    cpuUs: (user + system) / (kept - since.kept),
  });
  await stop();
  process.disconnect();
});

async function ours(): Promise<() => Promise<void>> {
  const store = timed(
    isAddress(file)
      ? await PostgresFleetStore.open({ target: file, durable })
      : new SqliteFleetStore({ file, durable }),
  );
  const collector = await Collector.open({ store });
  const mqtt = {
    broker,
    protocol: 'auto',
    keepaliveS: 30,
    connectTimeoutMs: 10_000,
    reconnectMinMs: 100,
    reconnectMaxMs: 1000,
  };
  const subscription = new FleetSubscription({
    address: brokerAddress({ broker }),
    mqtt: mqtt as MqttConfig,
    clientId: 'contender',
    topics: ['edge/#'],
    wantsRetained: false,
    taker: collector,
  });
  subscription.start();
  while (!subscription.state.connected) await new Promise((resolve) => setTimeout(resolve, 10));
  return async () => {
    await collector.stop();
    await subscription.stop();
    await store.close();
  };
}
