import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { Collecting } from '../../../src/collector/collecting.js';
import { Membership } from '../../../src/collector/share/membership.js';
import { PostgresFleetStore } from '../../../src/collector/store/postgres/postgres-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { createLog } from '../../../src/foundation/log.js';
import { parsePrivateKey } from '../../../src/telemetry/commands/keys.js';

/* One of several collectors with an API: `node shared-actions-child.js BROKER DATABASE NAME`, the key of commands in KEY. */
const [broker, target, name] = process.argv.slice(2) as [string, string, string];

const log = createLog(process.env['SHARED_LOG'] === undefined ? 'silent' : 'info');
const store = await PostgresFleetStore.open({ target, durable: false, member: { name }, log });
const membership = await Membership.join(target, name, log);
store.ids.slot = membership.slot;
const config = configSchema.parse({ mqtt: { broker, reconnectMinMs: 50, reconnectMaxMs: 200 } });
const collecting = new Collecting({
  store,
  mqtt: config.mqtt,
  clientId: name,
  topics: ['edge/#'],
  http: { ...config.http, port: 0 },
  tokens: parseNamedTokens(namedTokenLine('ana', 'operator', 'a-token-of-ana-1')),
  key: parsePrivateKey(process.env['KEY']!),
  share: { name: 'fleet', membership, store },
  version: '1.2.3',
  log,
});
const { http } = await collecting.start();
process.send?.({ http });
process.on('message', async () => {
  await collecting.stop();
  await store.close();
  process.disconnect();
});
