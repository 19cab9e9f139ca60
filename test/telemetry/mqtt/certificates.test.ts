import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../loopback.js';
import { has, needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { publisherAt } from './capture-broker.js';
import { brokerCertificates, datedCertificate, kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('certificates');
const tlsTest = has('openssl') ? needs('mosquitto', test) : needs('openssl', test);
const file = (name: string): string => join(folder, name);

test.before(() => {
  if (has('openssl') && has('mosquitto')) brokerCertificates(folder);
});

/** Mosquitto with a certificate, which wants one of the client too where so said. */
async function secured(certificate: string, wantsClient = false) {
  const port = await freePort();
  const broker = await mosquitto(folder, port, [
    'allow_anonymous true',
    `cafile ${file('ca.pem')}`,
    `certfile ${certificate}`,
    `keyfile ${file('server.key')}`,
    `require_certificate ${wantsClient}`,
  ]);
  return { url: `mqtts://127.0.0.1:${port}`, close: () => kill(broker) };
}

/** What a device says of a broker that it cannot connect to. */
async function problemOf(url: string, options: object = {}) {
  const publisher = publisherAt(url, { caFile: file('ca.pem'), ...options });
  publisher.start();
  await eventually('a problem', () => publisher.state().problem !== null);
  const { problem } = publisher.state();
  await publisher.stop();
  return problem!;
}

const today = new Date().toISOString().slice(0, 10);

tlsTest("the broker's certificate that has expired and one for later are told apart, with their dates", async () => {
  const expired = await secured(datedCertificate(folder, 'server', -20, -10));
  const old = await problemOf(expired.url);
  const date = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
  assert.is(old.kind, 'tls');
  assert.match(
    old.message,
    `the broker's certificate expired on ${date}, and the clock of this device says ${today}: renew it, unless that clock is ahead`,
  );
  await expired.close();
  const later = await secured(datedCertificate(folder, 'server', 10, 20));
  assert.match(
    (await problemOf(later.url)).message,
    /the broker's certificate is not valid before .* UTC, and the clock of this device says .* UTC: that clock is probably behind/,
  );
  await later.close();
});

tlsTest('our own certificate that has expired, or is for later, is named with its dates', async () => {
  const broker = await secured(file('server.pem'), true);
  const keyFile = file('client.key');
  const expired = await problemOf(broker.url, { certFile: datedCertificate(folder, 'client', -20, -10), keyFile });
  assert.match(expired.message, /mqtt\.certFile expired on .*, and the clock of this device says/);
  const later = await problemOf(broker.url, { certFile: datedCertificate(folder, 'client', 10, 20), keyFile });
  assert.match(later.message, /mqtt\.certFile is not valid before .* UTC, and the clock of this device says/);
  await broker.close();
});

tlsTest('the dates of both certificates are known while there is a connection', async () => {
  const broker = await secured(datedCertificate(folder, 'server', -1, 5), true);
  const certFile = datedCertificate(folder, 'client', -1, 8);
  const publisher = publisherAt(broker.url, { caFile: file('ca.pem'), certFile, keyFile: file('client.key') });
  publisher.start();
  await eventually('connected', () => publisher.state().phase === 'connected');
  const { certificates } = publisher.state();
  assert.equal([certificates.own?.subject], ['client']);
  assert.ok(certificates.broker!.to < certificates.own!.to);
  await publisher.stop();
  await broker.close();
});

test.run();
