import { createServer as createWebServer } from 'node:http';
import { createServer as createTlsWebServer } from 'node:https';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerConnection } from '../../../../src/diagnose/checks/broker/connection.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { brokerWith, opened, patientOf, TestAuthority } from './broken-brokers.js';

const test = suite('endings of a broker');
const tlsTest = needs('openssl', test);
const folder = temporaryFolder('broker-endings');

async function findingAt(broker: string, more: object = {}) {
  const patient = patientOf({ broker, connectTimeoutMs: 800, ...more });
  const findings = await brokerConnection().run(patient, new AbortController().signal);
  assert.is(findings.length, 1);
  const { code, condition, values } = findings[0]!;
  return { code, condition, values, remedy: findingText(findings[0]!, LANGUAGES.en).remedy ?? '' };
}

tlsTest(
  'a broker that takes TLS and then closes without a word may not know this certificate, or want one',
  async () => {
    const authority = new TestAuthority(folder, 'quiet');
    const { cert, key } = authority.issue('quiet-server');
    // as servers under TLS 1.3 do that look at the certificate after the handshake
    const closing = await opened(
      createTlsServer({ cert, key }, (socket) => socket.once('data', () => socket.destroy())),
    );
    const url = `mqtts://127.0.0.1:${closing.port}`;
    const without = await findingAt(url, { caFile: authority.file });
    assert.equal([without.condition, without.code], ['broken', 'broker-closes-tls']);
    assert.is(without.values['certificate'], '-');
    assert.match(without.remedy, 'mqtt.certFile and mqtt.keyFile');
    const { certFile, keyFile } = authority.issue('stranger');
    const stranger = await findingAt(url, { caFile: authority.file, certFile, keyFile });
    assert.equal([stranger.code, stranger.values['certificate']], ['broker-closes-tls', certFile]);
    await closing.close();
  },
);

tlsTest(
  'a broker that refuses a certificate under TLS 1.3, with an alert or without, is never taken for anything else',
  async () => {
    const authority = new TestAuthority(folder, 'strict13');
    const { cert, key, certFile: caOfOthers } = authority.issue('strict-server');
    const options = {
      cert,
      key,
      ca: [cert],
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3' as const,
    };
    const broker = await brokerWith(() => {}, options);
    const { certFile, keyFile } = new TestAuthority(folder, 'others').issue('other-client');
    assert.ok(caOfOthers);
    const found = await findingAt(`mqtts://127.0.0.1:${broker.port}`, { caFile: authority.file, certFile, keyFile });
    await broker.close();
    assert.ok(['our-certificate-refused', 'broker-closes-tls', 'broker-tls-failed'].includes(found.code), found.code);
    assert.match(found.remedy, /certificate|certFile/);
  },
);

test('each reason for which a broker refuses a CONNECT has an ending of its own', async () => {
  const codes: [number, string][] = [
    [1, 'broker-version-refused'],
    [2, 'broker-client-id-refused'],
    [3, 'broker-busy'],
    [4, 'broker-password-wrong'],
    [5, 'broker-not-authorised'],
  ];
  for (const [returnCode, code] of codes) {
    const refusing = await opened(
      createServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x20, 2, 0, returnCode])))),
    );
    const own = { username: 'edge', protocol: '3.1.1' };
    const found = await findingAt(`mqtt://127.0.0.1:${refusing.port}`, own);
    await refusing.close();
    assert.equal([found.condition, found.code], ['broken', code]);
    assert.ok(found.remedy.length > 0);
  }
  const codes5: [number, string][] = [
    [0x84, 'broker-version-refused'],
    [0x85, 'broker-client-id-refused'],
    [0x86, 'broker-password-wrong'],
    [0x87, 'broker-not-authorised'],
    [0x88, 'broker-busy'],
    [0x89, 'broker-busy'],
    [0x9c, 'broker-moved'],
    [0x95, 'broker-refuses'],
  ];
  for (const [returnCode, code] of codes5) {
    const refusing = await opened(
      createServer((socket) => socket.once('data', () => socket.end(Buffer.from([0x20, 3, 0, returnCode, 0])))),
    );
    const found = await findingAt(`mqtt://127.0.0.1:${refusing.port}`, { username: 'edge', protocol: '5' });
    await refusing.close();
    assert.equal([found.condition, found.code], ['broken', code], String(returnCode));
  }
});

test('a web server at the port, and a path of WebSockets that is none, are told with the address that is asked', async () => {
  const web = await opened(
    createWebServer((_request, response) => {
      response.statusCode = 404;
      response.end('no such page');
    }),
  );
  assert.is((await findingAt(`mqtt://127.0.0.1:${web.port}`)).code, 'broker-is-web-server');
  const path = await findingAt(`ws://127.0.0.1:${web.port}/mqtts`);
  await web.close();
  assert.equal([path.condition, path.code], ['broken', 'broker-websocket-path']);
  assert.is(path.values['path'], '/mqtts');
  assert.match(path.remedy, '/mqtt');
});

tlsTest('a web server with TLS is one too', async () => {
  const { cert, key } = new TestAuthority(folder, 'web').issue('web-server');
  const web = await opened(createTlsWebServer({ cert, key }, (_request, response) => response.end('hello')));
  const found = await findingAt(`mqtts://127.0.0.1:${web.port}`, { caFile: `${folder}/web.pem` });
  await web.close();
  assert.is(found.code, 'broker-is-web-server');
});

test.run();
