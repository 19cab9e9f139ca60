import { memoryUsage } from 'node:process';
import { Membership } from '../../src/collector/share/membership.js';
import { SharedCollecting } from '../../src/collector/share/shared-collecting.js';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import type { MqttConfig } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';

/*
 * One of several collectors, with the waits that the program has: `node member.js BROKER DATABASE NAME`. Each commit is told to the parent
 * at once, so that what one that is killed had kept is known; `stop` ends it.
 */
const [broker, target, name] = process.argv.slice(2) as [string, string, string];

/** What one commit kept. */
export interface KeptCommit {
  /** Unix ms: when it was kept. */
  readonly at: number;
  /** Of each message: the id of its device, and when it was made, Unix ms. */
  readonly devices: readonly number[];
  readonly made: readonly number[];
  readonly rssMiB: number;
}

const store = await PostgresFleetStore.open({ target, member: { name } });
const commit = store.commit.bind(store);
store.commit = async (changes) => {
  await commit(changes);
  const { rows } = changes;
  const devices = rows.map(({ device }) => device);
  const kept: KeptCommit = {
    at: Date.now(),
    devices,
    made: rows.map(({ ts }) => ts),
    rssMiB: memoryUsage.rss() / 2 ** 20,
  };
  process.send!(kept);
};
const membership = await Membership.join(target, name, silentLog);
store.ids.slot = membership.slot;
const mqtt = {
  ...{ broker, protocol: 'auto', keepaliveS: 30, connectTimeoutMs: 10_000, reconnectMinMs: 100, reconnectMaxMs: 1000 },
} as MqttConfig;
const collecting = new SharedCollecting({
  ...{ store, membership, mqtt, share: 'fleet', topics: ['edge/#'], collector: {} },
  address: brokerAddress(mqtt),
});
await collecting.start();
while (!collecting.broker.connected) await new Promise((resolve) => setTimeout(resolve, 10));
process.send!({ ready: true });
process.on('message', async () => {
  await collecting.stop();
  await store.close();
  process.disconnect();
});
