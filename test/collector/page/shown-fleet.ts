import { simulatedFleet } from '../../../scripts/fleet/simulated-fleet.js';
import { Collecting, type CollectingOptions } from '../../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { type FedMessage, fedCollector } from '../fed-collector.js';

interface ShownFleet {
  readonly devices: number;
  readonly hours: number;
  readonly seed?: number;
  /** Told besides, after what the fleet sends. */
  readonly more?: readonly FedMessage[];
  readonly options?: Partial<CollectingOptions>;
}

/** A collector that received what a simulated fleet sent until now, with its pages. */
export async function shownFleet(folder: string, { devices, hours, seed = 1, more = [], options }: ShownFleet) {
  const file = await fed(folder, { devices, hours, seed, more });
  const config = configSchema.parse({});
  const store = new SqliteFleetStore({ file, durable: false });
  const collecting = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0 },
    version: '1.2.3',
    ...options,
  });
  const { http, broker } = await collecting.start();
  return {
    /** Of the pages: `http://127.0.0.1:41235/`. */
    url: new URL('/', http!).href,
    api: http!,
    broker,
    stop: async (): Promise<void> => {
      await collecting.stop();
      await store.close();
    },
  };
}

async function fed(folder: string, { devices, hours, seed, more }: Required<Omit<ShownFleet, 'options'>>) {
  const { file, feed, close } = await fedCollector(folder);
  const { messages } = simulatedFleet({ devices, hours, seed, from: Date.now() - hours * 3_600_000 });
  await feed([...messages, ...more]);
  await close();
  return file;
}
