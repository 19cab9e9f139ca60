import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tlsAdvice } from '../../../src/telemetry/mqtt/tls-advice.js';

const error = (code: string, message = 'no', more = {}) => Object.assign(new Error(message), { code, ...more });

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
/** By a clock that is right, or behind, on a program of June 2026. */
const clockAt = (text: string) => ({ now: day(text), builtAt: day('2026-06-01') });
const RIGHT = clockAt('2026-11-27');
const certificate = (subject: string, from: string, to: string) => ({ subject, from: day(from), to: day(to) });

test('a certificate of the broker that has expired is told from one that is not yet valid, with the dates of both sides', () => {
  const old = { broker: [certificate('box', '2024-01-01', '2026-01-01')], own: null };
  assert.is(
    tlsAdvice(error('CERT_HAS_EXPIRED'), RIGHT, old),
    "the broker's certificate expired on 2026-01-01, and the clock of this device says 2026-11-27: renew it, unless that clock is ahead",
  );
  const young = { broker: [certificate('box', '2026-11-28', '2027-11-28')], own: null };
  assert.is(
    tlsAdvice(error('CERT_NOT_YET_VALID'), RIGHT, young),
    "the broker's certificate is not valid before 2026-11-28 00:00 UTC, and the clock of this device says 2026-11-27 00:00 UTC: that clock is probably behind (timedatectl set-ntp true), else the certificate is one for later",
  );
  assert.is(
    tlsAdvice(error('CERT_HAS_EXPIRED'), RIGHT),
    "the broker's certificate has expired, and the clock of this device says 2026-11-27: renew it, unless that clock is ahead",
  );
});

test('a clock that is older than the program is the one that is wrong', () => {
  const good = { broker: [certificate('box', '2026-01-01', '2027-01-01')], own: null };
  assert.is(
    tlsAdvice(error('CERT_NOT_YET_VALID'), clockAt('1970-01-02'), good),
    "the clock of this device says 1970-01-02, and this program was built on 2026-06-01: set it (timedatectl set-ntp true); without a battery-backed clock it waits for the network's time (the broker's certificate is valid from 2026-01-01 to 2027-01-01)",
  );
  assert.match(
    tlsAdvice(error('CERT_HAS_EXPIRED'), clockAt('2026-05-31')),
    /^the clock of this device says 2026-05-31/,
  );
});

test('an authority above the broker that has expired is named, not the certificate of the broker', () => {
  const chain = [certificate('box', '2026-01-01', '2027-01-01'), certificate('Town CA', '2016-01-01', '2026-10-01')];
  assert.match(
    tlsAdvice(error('CERT_HAS_EXPIRED'), RIGHT, { broker: chain, own: null }),
    /^the certificate of its authority Town CA expired on 2026-10-01/,
  );
});

test('our own certificate that the broker refuses is looked at by the clock of this device', () => {
  const refused = (code: string, from: string, to: string) =>
    tlsAdvice(error(code), RIGHT, { broker: [], own: certificate('cabinet7', from, to) });
  const expired = 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED';
  assert.match(refused(expired, '2024-01-01', '2026-11-01'), /^mqtt\.certFile expired on 2026-11-01/);
  assert.match(
    refused('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '2026-12-01', '2027-12-01'),
    /^mqtt\.certFile is not valid before 2026-12-01 00:00 UTC/,
  );
  assert.is(
    refused(expired, '2024-01-01', '2027-12-01'),
    'the broker says that mqtt.certFile has expired: renew it; by the clock of this device it is valid until 2027-12-01: one of the two clocks is wrong',
  );
  assert.is(refused('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', '2024-01-01', '2027-12-01'), 'it refuses mqtt.certFile');
});

test('a wrong name tells which names the certificate has', () => {
  const wrong = error('ERR_TLS_CERT_ALTNAME_INVALID', 'no', {
    host: '192.0.2.1',
    cert: { subjectaltname: 'DNS:broker.example' },
  });
  assert.match(
    tlsAdvice(wrong, RIGHT),
    /^its certificate is for DNS:broker\.example, not for 192\.0\.2\.1: write a name/,
  );
});

test("what OpenSSL says in a message alone is understood as well, and so is the broker's alert", () => {
  const wrong = error(
    'EPROTO',
    'write EPROTO 8024:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:354:',
  );
  assert.match(tlsAdvice(wrong, RIGHT), /^it does not speak TLS on this port/);
  const alert = error('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  assert.is(tlsAdvice(alert, RIGHT), 'it wants a client certificate: set mqtt.certFile and mqtt.keyFile');
  assert.match(tlsAdvice(error('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), RIGHT), 'let it send the whole chain');
  assert.match(tlsAdvice(error('SELF_SIGNED_CERT_IN_CHAIN'), RIGHT), 'set mqtt.caFile to the PEM of the authority');
  assert.match(tlsAdvice(error('ERR_OSSL_PEM_NO_START_LINE'), RIGHT), 'is no PEM file');
  assert.is(tlsAdvice(error('ERR_SOMETHING'), RIGHT), 'check mqtt.caFile, mqtt.certFile and mqtt.keyFile');
});

test.run();
