import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisTier } from '../../../src/cache/shared/redis-tier.js';
import { SharedCache } from '../../../src/cache/shared/shared-cache.js';
import { freePort } from '../../loopback.js';
import { has, where } from '../../optional.js';
import { brokerCertificates } from '../../telemetry/mqtt/mosquitto-process.js';
import { temporaryFolder } from '../../temporary.js';
import { RedisProcess } from './redis-process.js';

const isThere = has('openssl') && has('mosquitto') && has('redis-server');
const tlsTest = where(isThere, 'openssl, mosquitto or redis-server', test);

tlsTest('rediss:// believes whom the given authority certified, and nobody else', async () => {
  const folder = temporaryFolder('redis-tls');
  brokerCertificates(folder);
  const file = (name: string) => join(folder, name);
  const port = await freePort();
  const certified = ['--tls-cert-file', file('server.pem'), '--tls-key-file', file('server.key')];
  const server = await RedisProcess.start(
    '--tls-port',
    String(port),
    ...certified,
    '--tls-ca-cert-file',
    file('ca.pem'),
  );
  const text = (name: string) => readFileSync(file(name), 'utf8');
  const open = async (tls: object) => {
    const tier = redisTier({ url: `rediss://127.0.0.1:${port}`, prefix: 'app', tls });
    const cache = new SharedCache({ tier });
    await cache.start();
    return cache;
  };

  const client = { ca: text('ca.pem'), cert: text('client.pem'), key: text('client.key') };
  const cache = await open(client);
  await cache.set('a', 1);
  const other = await open(client);
  assert.is(await other.get('a'), 1);
  assert.is(cache.getStats().shared.state, 'open');

  const distrusting = await open({ cert: client.cert, key: client.key });
  assert.match(distrusting.getStats().shared.reason ?? '', /self-signed|unable to (get|verify)/);
  const unknown = await open({ ca: client.ca });
  assert.is(unknown.getStats().shared.state, 'degraded');
  for (const one of [cache, other, distrusting, unknown]) await one.stop();
  await server.kill();
});

test.run();
