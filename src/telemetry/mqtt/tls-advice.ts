/** Before this year no program of ours ran: a clock that says so was not set. */
const FIRST_YEAR = 2024;

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
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'mqtt.certFile has expired: renew it',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'mqtt.certFile was revoked',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it refuses mqtt.certFile',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'mqtt.keyFile is not the key of mqtt.certFile',
  ERR_SSL_CA_MD_TOO_WEAK: 'the signature of a certificate is too weak: issue it anew with SHA-256',
  ERR_SSL_EE_KEY_TOO_SMALL: 'the key of a certificate is too short: 2048 bits are the least',
};

/** What Node says of files that are no PEM. */
const NO_PEM = /PEM|ASN1|DECODER|asn1 encoding|no start line/i;

/**
 * Why there is no TLS connection and what to do, in words.
 *
 * @param error as Node throws it: `code` is OpenSSL's word
 * @param year of the device's clock
 */
export function tlsAdvice(error: Error & { code?: unknown }, year: number): string {
  const code = opensslCode(error);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return validity(code, year);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(error);
  const known = ADVICE[code];
  if (known !== undefined) return known;
  if (NO_PEM.test(`${code} ${error.message}`)) return 'mqtt.caFile, mqtt.certFile or mqtt.keyFile is no PEM file';
  if (code === 'ECONNRESET' || /socket disconnected|socket hang up/.test(error.message)) {
    return 'it broke off in the middle of the handshake: is this its TLS port, and does it want a client certificate (mqtt.certFile, mqtt.keyFile)?';
  }
  return 'check mqtt.caFile, mqtt.certFile and mqtt.keyFile';
}

/** OpenSSL's word, which stands in the message only where Node calls it a protocol error. */
function opensslCode(error: Error & { code?: unknown }): string {
  const code = String(error.code ?? '');
  const reason = code === 'EPROTO' ? /SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] : undefined;
  return reason === undefined ? code : `ERR_SSL_${reason.trim().toUpperCase().replaceAll(' ', '_')}`;
}

function validity(code: string, year: number): string {
  if (year < FIRST_YEAR) {
    return `the clock of this device says ${year}, when no certificate of today was valid: set it (timedatectl set-ntp true); without a battery-backed clock it waits for the network's time`;
  }
  return code === 'CERT_HAS_EXPIRED'
    ? 'its certificate has expired: renew it at the broker'
    : `its certificate is not valid yet: check the clocks of the broker and of this device, which says ${year}`;
}

/** Node names the host and what the certificate is for. */
function wrongName(error: Error & { host?: unknown; cert?: { subjectaltname?: unknown } }): string {
  const names = String(error.cert?.subjectaltname ?? '').slice(0, 200);
  return `its certificate is for ${names === '' ? 'no name at all' : names}, not for ${String(error.host ?? 'the host in mqtt.broker')}: write a name from the certificate into mqtt.broker, or issue one for this name`;
}
