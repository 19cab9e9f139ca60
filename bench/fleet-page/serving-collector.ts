import { Collecting } from '../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../src/config/config.js';

/* A collector with its pages, in a process of its own: tells its address, and its processor time (µs) whenever it is asked. */

const config = configSchema.parse({});
const collecting = new Collecting({
  store: new SqliteFleetStore({ file: process.argv[2]!, durable: false }),
  mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
  clientId: 'bench',
  topics: [],
  http: { ...config.http, port: 0 },
  version: '0.0.0',
});
const { http } = await collecting.start();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpu: user + system });
});
process.send!({ url: new URL('/', http!).href });
