import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tlsAdvice } from '../../../src/telemetry/mqtt/tls-advice.js';

const error = (code: string, message = 'no', more = {}) => Object.assign(new Error(message), { code, ...more });

test('a certificate that has expired is renewed, unless it is the clock of the device', () => {
  assert.is(tlsAdvice(error('CERT_HAS_EXPIRED'), 2026), 'its certificate has expired: renew it at the broker');
  assert.match(
    tlsAdvice(error('CERT_NOT_YET_VALID'), 1970),
    /^the clock of this device says 1970, .*: set it \(timedatectl/,
  );
  assert.match(tlsAdvice(error('CERT_HAS_EXPIRED'), 1970), /^the clock of this device says 1970/);
  assert.match(
    tlsAdvice(error('CERT_NOT_YET_VALID'), 2026),
    'check the clocks of the broker and of this device, which says 2026',
  );
});

test('a wrong name tells which names the certificate has', () => {
  const wrong = error('ERR_TLS_CERT_ALTNAME_INVALID', 'no', {
    host: '192.0.2.1',
    cert: { subjectaltname: 'DNS:broker.example' },
  });
  assert.match(
    tlsAdvice(wrong, 2026),
    /^its certificate is for DNS:broker\.example, not for 192\.0\.2\.1: write a name/,
  );
});

test("what OpenSSL says in a message alone is understood as well, and so is the broker's alert", () => {
  const wrong = error(
    'EPROTO',
    'write EPROTO 8024:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:354:',
  );
  assert.match(tlsAdvice(wrong, 2026), /^it does not speak TLS on this port/);
  const alert = error('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  assert.is(tlsAdvice(alert, 2026), 'it wants a client certificate: set mqtt.certFile and mqtt.keyFile');
  assert.match(tlsAdvice(error('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 2026), 'let it send the whole chain');
  assert.match(tlsAdvice(error('SELF_SIGNED_CERT_IN_CHAIN'), 2026), 'set mqtt.caFile to the PEM of the authority');
  assert.match(tlsAdvice(error('ERR_OSSL_PEM_NO_START_LINE'), 2026), 'is no PEM file');
  assert.is(tlsAdvice(error('ERR_SOMETHING'), 2026), 'check mqtt.caFile, mqtt.certFile and mqtt.keyFile');
});

test.run();
