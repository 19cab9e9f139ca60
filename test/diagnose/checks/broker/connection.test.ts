import { createServer as createWebServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Patient } from '../../../../src/diagnose/check.js';
import { brokerConnection } from '../../../../src/diagnose/checks/broker/connection.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { freePort } from '../../../loopback.js';
import { has, needs } from '../../../optional.js';
import { kill, mosquitto } from '../../../telemetry/mqtt/mosquitto-process.js';
import { temporaryFolder } from '../../../temporary.js';
import { brokerWith, dayFromNow, opened, patientOf, runningWith, TestAuthority } from './broken-brokers.js';

const test = suite('broker connection');
const tlsTest = needs('openssl', test);
const mosquittoTest = has('openssl') ? needs('mosquitto', test) : tlsTest;
const folder = temporaryFolder('broker-connection');

async function only(patient: Patient, check = brokerConnection()) {
  const findings = await check.run(patient, new AbortController().signal);
  assert.is(findings.length, 1);
  return findings[0]!;
}

const remedyOf = (finding: Awaited<ReturnType<typeof only>>) => findingText(finding, LANGUAGES.en).remedy;

test('no broker, and one in a program that does not run, are nothing to try', async () => {
  assert.is((await only(patientOf({ broker: 'off' }))).code, 'broker-none');
  const asleep = await only(patientOf({ broker: 'embedded' }));
  assert.equal([asleep.condition, asleep.code], ['unknown', 'broker-embedded-asleep']);
  const somewhere = await only(patientOf({ broker: 'embedded', embeddedPort: 0 }, { running: runningWith() }));
  assert.is(somewhere.code, 'broker-embedded-somewhere');
});

test('a broker that lets the device in is fine, under an id beside its own', async () => {
  const ids: string[] = [];
  const broker = await brokerWith((aedes) => aedes.on('client', ({ id }) => ids.push(id)));
  const finding = await only(patientOf({ broker: `mqtt://127.0.0.1:${broker.port}` }));
  await broker.close();
  assert.equal([finding.condition, finding.code], ['fine', 'broker-connection-fine']);
  assert.is(finding.values['place'], `127.0.0.1:${broker.port}`);
  assert.match(ids[0]!, /^edge-site1-dev1-diag[0-9a-f]{1,4}$/);
});

test('the embedded broker of the running program is visited', async () => {
  const { port, close } = await brokerWith();
  const patient = patientOf({ broker: 'embedded', embeddedPort: port }, { running: runningWith() });
  assert.is((await only(patient)).code, 'broker-connection-fine');
  await close();
});

test('a name that is not found, no DNS server, and one that never answers are told apart', async () => {
  const failing = (code: string) => brokerConnection(() => Promise.reject(Object.assign(new Error(code), { code })));
  const patient = patientOf({ broker: 'mqtt://broker.example' });
  const unknown = await only(patient, failing('ENOTFOUND'));
  assert.equal(unknown, {
    condition: 'broken',
    code: 'broker-name-unknown',
    values: { host: 'broker.example', code: 'ENOTFOUND' },
    subject: null,
  });
  assert.is(
    remedyOf(unknown),
    'Correct mqtt.broker, or enter the name at the DNS server. To try: getent hosts broker.example',
  );
  assert.is((await only(patient, failing('EAI_AGAIN'))).code, 'broker-no-dns');
  assert.is((await only(patientOf({ broker: 'mqtt://box.local' }), failing('ENOTFOUND'))).code, 'broker-name-local');
  const never = brokerConnection(() => new Promise(() => {}));
  assert.is((await only(patient, never)).code, 'broker-name-late');
});

test('a closed port is one that nobody listens at', async () => {
  const port = await freePort();
  const finding = await only(patientOf({ broker: `mqtt://127.0.0.1:${port}` }));
  assert.equal([finding.condition, finding.code], ['broken', 'broker-port-closed']);
  assert.equal(finding.values, { place: `127.0.0.1:${port}` });
  assert.match(remedyOf(finding)!, /^Check host and port in mqtt.broker, and that the broker runs/);
});

test('a web server, and one that takes the connection and says nothing, are no brokers', async () => {
  const web = await opened(createWebServer((_request, response) => response.end('hello')));
  assert.is((await only(patientOf({ broker: `mqtt://127.0.0.1:${web.port}` }))).code, 'broker-is-web-server');
  await web.close();
  const mute = await opened(createServer(() => {}));
  const silent = patientOf({ broker: `mqtt://127.0.0.1:${mute.port}`, connectTimeoutMs: 500 });
  assert.is((await only(silent)).code, 'broker-silent');
  await mute.close();
  const shutting = await opened(createServer((socket) => socket.end()));
  assert.is((await only(patientOf({ broker: `mqtt://127.0.0.1:${shutting.port}` }))).code, 'broker-closes');
  await shutting.close();
});

test('a wrong password, a user without rights, none at all and an unwanted client id are told apart, the password unsaid', async () => {
  const codes: Record<string, number> = { wrong: 4, stranger: 5 };
  const broker = await brokerWith((aedes) => {
    aedes.authenticate = (_client, username, _password, done) => {
      const returnCode = codes[username ?? ''] ?? 5;
      done(Object.assign(new Error('no'), { returnCode }) as never, false);
    };
  });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const wrong = await only(patientOf({ broker: url, username: 'wrong', password: 'hunter2-secret' }));
  assert.equal(
    [wrong.condition, wrong.code, wrong.values],
    ['broken', 'broker-password-wrong', { user: 'wrong', code: 4 }],
  );
  assert.not.match(JSON.stringify([wrong, findingText(wrong, LANGUAGES.es)]), /hunter2/);
  assert.match(remedyOf(wrong)!, /^Correct mqtt.username and the password/);
  assert.is((await only(patientOf({ broker: url, username: 'stranger' }))).code, 'broker-not-authorised');
  assert.is((await only(patientOf({ broker: url }))).code, 'broker-login-wanted');
  await broker.close();
});

test("where the broker takes only the device's own client id, it is used while no program has it", async () => {
  const taken: string[] = [];
  const broker = await brokerWith((aedes) => {
    aedes.authenticate = ({ id }, _username, _password, done) => {
      taken.push(id);
      if (id === 'edge-site1-dev1') done(null, true);
      else done(Object.assign(new Error('id'), { returnCode: 2 }) as never, false);
    };
  });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  assert.is((await only(patientOf({ broker: url }))).code, 'broker-connection-fine');
  assert.is(taken.at(-1), 'edge-site1-dev1');
  const beside = await only(patientOf({ broker: url }, { running: runningWith() }));
  assert.equal([beside.condition, beside.code], ['unknown', 'broker-only-own-client-id']);
  assert.is.not(taken.at(-1), 'edge-site1-dev1');
  await broker.close();
});

test('a password file that is not there is named', async () => {
  const { port, close } = await brokerWith();
  const missing = join(folder, 'no-such-file');
  const finding = await only(patientOf({ broker: `mqtt://127.0.0.1:${port}`, passwordFile: missing }));
  assert.is(finding.code, 'broker-files-unreadable');
  assert.match(String(finding.values['reason']), /mqtt.passwordFile cannot be read from .*no-such-file/);
  await close();
});

tlsTest(
  'certificates that have expired, are for later, for another name or by nobody known are told apart',
  async () => {
    const authority = new TestAuthority(folder, 'authority');
    const caFile = authority.file;
    const problemWith = async (certificate: { cert: Buffer; key: Buffer }, own: object) => {
      const { cert, key } = certificate;
      const broker = await brokerWith(() => {}, { cert, key });
      const finding = await only(patientOf({ broker: `mqtts://127.0.0.1:${broker.port}`, ...own }));
      await broker.close();
      return finding;
    };
    const good = authority.issue('good');
    assert.is((await problemWith(good, { caFile })).code, 'broker-connection-fine');
    const expired = await problemWith(authority.issue('old', { from: -20, to: -10 }), { caFile });
    assert.equal([expired.condition, expired.code], ['broken', 'broker-certificate-expired']);
    assert.equal(expired.values, { subject: 'old', to: dayFromNow(-10), now: dayFromNow(0) });
    assert.is(
      remedyOf(expired),
      'Renew the certificate at the broker, unless the clock here is wrong: timedatectl set-ntp true',
    );
    const later = await problemWith(authority.issue('later', { from: 10, to: 20 }), { caFile });
    assert.equal([later.code, later.values['from']], ['broker-certificate-not-yet', dayFromNow(10)]);
    const other = await problemWith(authority.issue('other', { for: 'DNS:other.example' }), { caFile });
    assert.equal([other.code, other.values], ['broker-certificate-name', { host: '127.0.0.1', subject: 'other' }]);
    assert.is((await problemWith(good, {})).code, 'broker-certificate-authority');
  },
);

tlsTest('a client certificate that is wanted, and a key of another, are named', async () => {
  const authority = new TestAuthority(folder, 'strict');
  const caFile = authority.file;
  const { cert, key } = authority.issue('server');
  const ca = [cert, authority.issue('ca-reader').cert];
  const broker = await brokerWith(() => {}, { cert, key, ca, requestCert: true, rejectUnauthorized: true });
  const url = `mqtts://127.0.0.1:${broker.port}`;
  assert.is((await only(patientOf({ broker: url, caFile }))).code, 'broker-wants-certificate');
  const { certFile } = authority.issue('client');
  const unfit = await only(patientOf({ broker: url, caFile, certFile, keyFile: authority.issue('another').keyFile }));
  assert.is(unfit.code, 'our-key-unfit');
  await broker.close();
});

mosquittoTest('a client certificate of a stranger is refused', async () => {
  const { certFile: certfile, keyFile: keyfile } = new TestAuthority(folder, 'careful').issue('careful-server');
  const caFile = join(folder, 'careful.pem');
  const port = await freePort();
  const lines = ['allow_anonymous true', `cafile ${caFile}`, `certfile ${certfile}`, `keyfile ${keyfile}`];
  const broker = await mosquitto(folder, port, [...lines, 'require_certificate true']);
  const { certFile, keyFile } = new TestAuthority(folder, 'strangers').issue('stranger');
  const refused = await only(patientOf({ broker: `mqtts://127.0.0.1:${port}`, caFile, certFile, keyFile }));
  await kill(broker);
  assert.equal([refused.code, refused.values['file']], ['our-certificate-refused', certFile]);
});

tlsTest('TLS at a plain address, and none at one with TLS, are named with the address that fits', async () => {
  const { cert, key } = new TestAuthority(folder, 'mixed').issue('mixed-server');
  const encrypted = await brokerWith(() => {}, { cert, key });
  const wanted = await only(patientOf({ broker: `mqtt://127.0.0.1:${encrypted.port}` }));
  assert.equal([wanted.code, wanted.values['url']], ['broker-wants-tls', `mqtts://127.0.0.1:${encrypted.port}`]);
  await encrypted.close();
  const plain = await opened(createWebServer());
  assert.is((await only(patientOf({ broker: `mqtts://127.0.0.1:${plain.port}` }))).code, 'broker-without-tls');
  await plain.close();
  // a broker that hears no MQTT hangs up
  const deaf = await opened(createServer((socket) => socket.once('data', () => socket.destroy())));
  assert.is((await only(patientOf({ broker: `mqtts://127.0.0.1:${deaf.port}` }))).code, 'broker-without-tls');
  await deaf.close();
});

test.run();
