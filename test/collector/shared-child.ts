import { Membership } from '../../src/collector/share/membership.js';
import { SharedCollecting } from '../../src/collector/share/shared-collecting.js';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import { createLog } from '../../src/foundation/log.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { quickMqtt } from './quick-mqtt.js';

/* One of several collectors that share the load: `node shared-child.js BROKER DATABASE NAME`. It tells its state when it is asked. */
const [broker, target, name] = process.argv.slice(2) as [string, string, string];

const log = createLog(process.env['SHARED_LOG'] === undefined ? 'silent' : 'info');
const store = await PostgresFleetStore.open({ target, durable: false, member: { name }, log });
const membership = await Membership.join(target, name, log);
store.ids.slot = membership.slot;
const mqtt = quickMqtt(broker);
const collecting = new SharedCollecting({
  ...{ store, membership, mqtt, share: 'fleet', topics: ['edge/#'], collector: {} },
  address: brokerAddress(mqtt),
  // of a killed one the lock tells, and not how long it is silent
  goneMs: 600_000,
  log,
});
await collecting.start();
while (!collecting.broker.connected) await new Promise((resolve) => setTimeout(resolve, 10));
process.send?.({ started: true });
process.on('message', async (asked) => {
  if (asked === 'state') process.send?.({ state: collecting.state(), sharing: collecting.sharing });
  if (asked !== 'stop') return;
  await collecting.stop();
  await store.close();
  process.disconnect();
});
