import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { Collecting } from '../../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { parsePrivateKey } from '../../../src/telemetry/commands/keys.js';

/*
 * A collector with an API and the key of commands, which is in KEY: `node collecting-child.js BROKER FILE EPOCH FACTOR`. Its clock goes
 * FACTOR times as fast from EPOCH on.
 */
const [broker, file, epoch, factor] = process.argv.slice(2) as [string, string, string, string];

const store = new SqliteFleetStore({ file, durable: false });
const config = configSchema.parse({ mqtt: { broker, reconnectMinMs: 50, reconnectMaxMs: 200 } });
const collecting = new Collecting({
  store,
  mqtt: config.mqtt,
  clientId: 'large-actions',
  topics: ['edge/#'],
  http: { ...config.http, port: 0 },
  tokens: parseNamedTokens(namedTokenLine('ana', 'operator', 'a-token-of-ana-1')),
  key: parsePrivateKey(process.env['KEY']!),
  version: '1.2.3',
  now: () => Number(epoch) + Math.round((Date.now() - Number(epoch)) * Number(factor)),
});
const { http } = await collecting.start();
while (!collecting.state().broker.connected) await new Promise((resolve) => setTimeout(resolve, 10));
process.send?.({ http });
process.on('message', async () => {
  await collecting.stop();
  await store.close();
  process.disconnect();
});
