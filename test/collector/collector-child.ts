import { FleetSubscription } from '../../src/collector/broker/fleet-subscription.js';
import { Collector } from '../../src/collector/collector.js';
import type { FleetChanges } from '../../src/collector/store/fleet-store.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import type { RepeatedWrite } from '../../src/collector/store/sqlite-writes.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { quickMqtt } from './quick-mqtt.js';

/*
 * A collector that kills itself, as a power switch would, at a point of its work: `node collector-child.js BROKER FILE POINT COMMIT`.
 * POINT: never, before (nothing of the batch is written), midway (half of its transaction is), committed (nothing is acknowledged),
 * acknowledged. COMMIT: of which transaction, from 1.
 */
const [broker, file, point, commit] = process.argv.slice(2) as [string, string, string, string];

const die = (): void => process.kill(process.pid, 'SIGKILL') as unknown as undefined;

class DyingStore extends SqliteFleetStore {
  #commits = 0;

  override async commit(changes: FleetChanges): Promise<void> {
    const isLast = ++this.#commits === Number(commit);
    if (isLast && point === 'before') die();
    await super.commit(changes);
    if (isLast && point === 'committed') die();
    // the acknowledgements are written in this turn
    if (isLast && point === 'acknowledged') setImmediate(() => setImmediate(die));
  }

  protected override write(writes: readonly RepeatedWrite[]): void {
    super.write(this.#commits === Number(commit) && point === 'midway' ? dyingList(writes) : writes);
  }
}

/** Kills whoever has read half of it. */
function dyingList<Write>(writes: readonly Write[]): readonly Write[] {
  const list = [...writes];
  return Object.assign(Object.create(list), {
    *[Symbol.iterator]() {
      for (const [index, write] of list.entries()) {
        yield write;
        if (index * 2 >= list.length - 1) die();
      }
      die();
    },
  });
}

// a power cut is nothing that a test can bring about
const store = new DyingStore({ file, durable: false });
const collector = await Collector.open({ store });
const mqtt = quickMqtt(broker);
const subscription = new FleetSubscription({
  address: brokerAddress(mqtt),
  mqtt,
  clientId: 'killed-collector',
  topics: ['edge/#'],
  wantsRetained: false,
  taker: collector,
});
subscription.start();
// what is published before it has subscribed is for nobody
while (!subscription.state.connected) await new Promise((resolve) => setTimeout(resolve, 10));
process.send?.({ started: true });
process.on('message', async (asked) => {
  if (asked === 'state') process.send?.({ state: collector.state() });
  if (asked !== 'stop') return;
  await collector.stop();
  await subscription.stop();
  await store.close();
  process.disconnect();
});
