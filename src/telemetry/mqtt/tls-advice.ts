import { type CertificateValidity, type DeviceClock, validityAt, validityInWords } from './certificate-validity.js';

const AUTHORITY = 'set mqtt.caFile to the PEM of the authority that signed it';

const ADVICE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: set mqtt.caFile to that very certificate (PEM)',
  SELF_SIGNED_CERT_IN_CHAIN: `its certificate is signed by an authority that this machine does not know: ${AUTHORITY}`,
  UNABLE_TO_GET_ISSUER_CERT: `its certificate is signed by an authority that this machine does not know: ${AUTHORITY}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `its certificate is signed by an authority that this machine does not know: ${AUTHORITY}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the broker sends its certificate without those between it and the authority: let it send the whole chain, or ${AUTHORITY}`,
  CERT_SIGNATURE_FAILURE: 'its certificate does not fit mqtt.caFile: that of another authority with the same name?',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_UNTRUSTED: `its certificate is not trusted: ${AUTHORITY}`,
  INVALID_PURPOSE: 'its certificate is not one for servers',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS on this port: mqtt:// and ws:// are without, port 8883 is usually with TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port: mqtt:// and ws:// are without',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only versions of TLS that are no longer safe: TLS 1.2 is the least',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it refuses the version of TLS: 1.2 is the least here',
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: 'it refuses the version of TLS: 1.2 is the least here',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'no cipher is known to both, or it wants a client certificate: mqtt.certFile and mqtt.keyFile',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate: set mqtt.certFile and mqtt.keyFile',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority behind mqtt.certFile',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it refuses mqtt.certFile',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'mqtt.certFile was revoked',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it refuses mqtt.certFile',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'mqtt.keyFile is not the key of mqtt.certFile',
  ERR_SSL_CA_MD_TOO_WEAK: 'the signature of a certificate is too weak: issue it anew with SHA-256',
  ERR_SSL_EE_KEY_TOO_SMALL: 'the key of a certificate is too short: 2048 bits are the least',
};

/** What Node says of files that are no PEM. */
const NO_PEM = /PEM|ASN1|DECODER|asn1 encoding|no start line/i;

/** What the broker says to a client certificate by which it cannot be told what is wrong with it. */
const REFUSES_OURS = [
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
];

/** What is known of the certificates of both sides. */
export interface Certificates {
  /** The broker's, and those above it; empty where it showed none. */
  readonly broker: readonly CertificateValidity[];
  /** mqtt.certFile; null where there is none. */
  readonly own: CertificateValidity | null;
}

/**
 * Why there is no TLS connection and what to do, in words.
 *
 * @param error as Node throws it: `code` is OpenSSL's word
 */
export function tlsAdvice(
  error: Error & { code?: unknown },
  clock: DeviceClock,
  certificates: Certificates = { broker: [], own: null },
): string {
  const code = opensslCode(error);
  if (code === 'CERT_HAS_EXPIRED') return brokersValidity('expired', certificates.broker, clock);
  if (code === 'CERT_NOT_YET_VALID') return brokersValidity('not-yet', certificates.broker, clock);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(error);
  const refused = REFUSES_OURS.includes(code) ? ownValidity(code, certificates.own, clock) : null;
  if (refused !== null) return refused;
  const known = ADVICE[code];
  if (known !== undefined) return known;
  if (NO_PEM.test(`${code} ${error.message}`)) return 'mqtt.caFile, mqtt.certFile or mqtt.keyFile is no PEM file';
  if (code === 'ECONNRESET' || /socket disconnected|socket hang up/.test(error.message)) {
    return 'it broke off in the middle of the handshake: is this its TLS port, and does it want a client certificate (mqtt.certFile, mqtt.keyFile)?';
  }
  return 'check mqtt.caFile, mqtt.certFile and mqtt.keyFile';
}

/** OpenSSL's word, which stands in the message only where Node calls it a protocol error; that of the system for what is no TLS. */
export function opensslCode(error: Error & { code?: unknown }): string {
  const code = String(error.code ?? '');
  const reason = code === 'EPROTO' ? /SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] : undefined;
  return reason === undefined ? code : `ERR_SSL_${reason.trim().toUpperCase().replaceAll(' ', '_')}`;
}

/** The first of the chain that is not valid by the device's clock is the one that is meant. */
function brokersValidity(
  found: 'expired' | 'not-yet',
  chain: readonly CertificateValidity[],
  clock: DeviceClock,
): string {
  const index = chain.findIndex((one) => validityAt(one, clock.now) === found);
  const meant = chain[Math.max(0, index)] ?? null;
  const whose =
    index > 0 ? `the certificate of its authority ${meant?.subject ?? ''}`.trim() : "the broker's certificate";
  return validityInWords(found, whose, meant, clock);
}

/** What is wrong with the dates of our certificate; null: nothing, as far as this device knows. */
function ownValidity(code: string, own: CertificateValidity | null, clock: DeviceClock): string | null {
  const found = own === null ? 'valid' : validityAt(own, clock.now);
  if (found !== 'valid') return validityInWords(found, 'mqtt.certFile', own, clock);
  if (code !== 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED') return null;
  const until =
    own === null
      ? ''
      : `; by the clock of this device it is valid until ${new Date(own.to).toISOString().slice(0, 10)}: one of the two clocks is wrong`;
  return `the broker says that mqtt.certFile has expired: renew it${until}`;
}

/** Node names the host and what the certificate is for. */
function wrongName(error: Error & { host?: unknown; cert?: { subjectaltname?: unknown } }): string {
  const names = String(error.cert?.subjectaltname ?? '').slice(0, 200);
  return `its certificate is for ${names === '' ? 'no name at all' : names}, not for ${String(error.host ?? 'the host in mqtt.broker')}: write a name from the certificate into mqtt.broker, or issue one for this name`;
}
