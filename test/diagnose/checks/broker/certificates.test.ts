import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerCertificates } from '../../../../src/diagnose/checks/broker/certificates.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { brokerWith, dayFromNow, patientOf, TestAuthority } from './broken-brokers.js';

const test = suite('broker certificates');
const tlsTest = needs('openssl', test);
const folder = temporaryFolder('broker-certificates');

tlsTest('certificates of both sides that expire within 30 days are told with their days', async () => {
  const authority = new TestAuthority(folder, 'ca');
  const findingsOf = async (server: { cert: Buffer; key: Buffer }, own: object = {}) => {
    const { cert, key } = server;
    const broker = await brokerWith(() => {}, { cert, key });
    const patient = patientOf({ broker: `mqtts://127.0.0.1:${broker.port}`, caFile: authority.file, ...own });
    const findings = await brokerCertificates().run(patient, new AbortController().signal);
    await broker.close();
    return findings;
  };
  const good = authority.issue('good');
  assert.equal(
    (await findingsOf(good)).map(({ condition, code }) => [condition, code]),
    [['fine', 'broker-certificates-fine']],
  );
  const [soon] = await findingsOf(authority.issue('soon', { to: 12 }));
  assert.equal(
    [soon?.condition, soon?.code, soon?.values],
    ['degraded', 'broker-certificate-expires', { subject: 'soon', to: dayFromNow(12), days: 11 }],
  );
  assert.match(findingText(soon!, LANGUAGES.en).remedy!, /^Renew the certificate at the broker/);
  const { certFile, keyFile } = authority.issue('client', { from: -9, to: -2 });
  const [ours] = await findingsOf(good, { certFile, keyFile });
  assert.equal([ours?.condition, ours?.code], ['broken', 'our-certificate-expired']);
  assert.equal(ours?.values, { file: certFile, to: dayFromNow(-2) });
});

test('without TLS there are none', async () => {
  const patient = patientOf({ broker: 'mqtt://127.0.0.1:1' });
  assert.equal(await brokerCertificates().run(patient, new AbortController().signal), []);
});

test.run();
