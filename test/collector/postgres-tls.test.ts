import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PostgresFleetStore } from '../../src/collector/store/postgres/postgres-fleet-store.js';
import { Cluster } from '../database/postgres/cluster.js';
import { freePort } from '../loopback.js';
import { has, needs } from '../optional.js';
import { certificates, datedCertificate } from '../telemetry/mqtt/mosquitto-process.js';
import { temporaryFolder } from '../temporary.js';
import { newDevice } from './new-device.js';

const isThere = has('openssl') && has('postgres');
const tlsTest = has('openssl') ? needs('postgres', test) : needs('openssl', test);
const folder = temporaryFolder('postgres-tls');
const file = (name: string): string => join(folder, name);
const port = isThere ? await freePort() : 0;

/** A server with a certificate for 127.0.0.1, which takes nobody over TCP without TLS. */
async function secured(certificate: string): Promise<Cluster> {
  // PostgreSQL reads its key only where nobody else may
  chmodSync(file('server.key'), 0o600);
  chmodSync(folder, 0o755);
  if (process.getuid?.() === 0) execFileSync('chown', ['postgres', file('server.key')]);
  writeFileSync(file('hba.conf'), 'local all all trust\nhostssl all all all trust\n');
  const files = [`ssl_cert_file=${certificate}`, `ssl_key_file=${file('server.key')}`, `hba_file=${file('hba.conf')}`];
  return Cluster.start('ssl=on', 'listen_addresses=127.0.0.1', `port=${port}`, ...files);
}

const at = (query: string, host = '127.0.0.1'): string => `postgres://postgres@${host}:${port}/postgres${query}`;

async function refusal(target: string): Promise<string> {
  return PostgresFleetStore.open({ target }).then(
    async (store) => {
      await store.close();
      throw new Error(`${target} was let in`);
    },
    (error: Error) => error.message,
  );
}

tlsTest('a fleet is kept over TLS in a server whose certificate is verified, and nowhere else', async () => {
  certificates(folder);
  const server = await secured(file('server.pem'));
  const trusted = `?sslmode=verify-full&sslrootcert=${file('ca.pem')}`;
  const store = await PostgresFleetStore.open({ target: at(trusted) });
  const { id } = await newDevice(store, 'demo', 'one', 1);
  assert.is((await store.known('demo', 'one'))!.device.id, id);
  const [session] = await server.sql('postgres', 'SELECT count(*)::int AS plain FROM pg_stat_ssl WHERE NOT ssl');
  // that of this question, on its socket
  assert.is(session!['plain'], 1);
  await store.close();

  assert.match(await refusal(at('?sslmode=verify-full')), /authority that is not trusted: &sslrootcert=FILE/);
  assert.match(await refusal(at('')), /it wants TLS: \?sslmode=verify-full/);
  assert.match(
    await refusal(at(trusted, 'localhost')),
    /certificate's altnames.*: name the host as its certificate does/,
  );
  const absent = await refusal(at(`?sslmode=verify-full&sslrootcert=${file('absent.pem')}`));
  assert.match(absent, /absent\.pem.*sslrootcert, sslcert and sslkey in the address name files that can be read here/);
  const foreign = file('foreign.pem');
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const named = ['-subj', '/CN=another authority', '-keyout', file('foreign.key'), '-out', foreign];
  execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' });
  assert.match(
    await refusal(at(`?sslmode=verify-full&sslrootcert=${foreign}`)),
    /authority that is not trusted: &sslrootcert=FILE/,
  );
  await server.crash();
});

tlsTest('a certificate that has expired is told as that', async () => {
  const server = await secured(datedCertificate(folder, 'server', -20, -10));
  const told = await refusal(at(`?sslmode=verify-full&sslrootcert=${file('ca.pem')}`));
  assert.match(told, /expired.*: renew the server's certificate, unless the clock of this machine is ahead/);
  await server.crash();
});

test.run();
