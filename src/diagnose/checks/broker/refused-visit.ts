import type { BrokerAddress } from '../../../telemetry/mqtt/broker-address.js';
import type { VisitEnded } from '../../../telemetry/mqtt/broker-visit.js';
import { validityAt } from '../../../telemetry/mqtt/certificate-validity.js';
import type { Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { ANSWER_MS, brokerPlace, ownClientId, userOf } from './broker-target.js';
import { spokenAt } from './port-speaks.js';

/** Nobody signed it that this machine knows. */
const UNKNOWN_AUTHORITY = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
];
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_RECORD_OVERFLOW'];
const WANTS_CERTIFICATE = ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'];
const REFUSES_CERTIFICATE = [
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
];

/** What stood in the way of a connection to a port that somebody listens at: TLS, MQTT or the login. */
export async function visitRefusal(
  refused: VisitEnded,
  patient: Patient,
  address: BrokerAddress,
  signal: AbortSignal,
): Promise<Finding> {
  const { kind, code, systemCode } = refused.end;
  const place = brokerPlace(address);
  switch (kind) {
    case 'credentials-refused':
      return loginRefusal(code ?? 0, userOf(patient, address));
    case 'client-id-refused':
      return idRefusal(patient, code ?? 0);
    case 'version-refused':
      return found('broken', 'broker-version-refused', { place, protocol: patient.config.mqtt.protocol });
    case 'busy':
      return found('broken', 'broker-busy', { place, code: code ?? 0 });
    case 'moved':
      return found('broken', 'broker-moved', { place, code: code ?? 0 });
    case 'timeout':
      return found('broken', 'broker-silent', { place, seconds: ANSWER_MS / 1000 });
    case 'tls':
      return tlsRefusal(refused, patient, address);
    case 'unreachable':
      return found('broken', 'broker-unreachable', { place, code: systemCode ?? '-' });
    case 'closed-without-answer':
      return protocolProblem(await spokenAt(address, signal), patient, address);
    default:
      return found('broken', 'broker-refuses', { place, code: code ?? systemCode ?? '-' });
  }
}

function loginRefusal(code: number, user: string | null): Finding {
  if (user === null) return found('broken', 'broker-login-wanted', { code });
  const isPassword = code === 4 || code === 134;
  return found('broken', isPassword ? 'broker-password-wrong' : 'broker-not-authorised', { user, code });
}

/** With a running program the device's own id cannot be tried: it is that program's. */
function idRefusal(patient: Patient, code: number): Finding {
  const values = { id: ownClientId(patient), code };
  return patient.running === null
    ? found('broken', 'broker-client-id-refused', values)
    : found('unknown', 'broker-only-own-client-id', values);
}

function tlsRefusal({ end, brokersChain }: VisitEnded, patient: Patient, address: BrokerAddress): Finding {
  const place = brokerPlace(address);
  const code = end.systemCode ?? '-';
  const { certFile } = patient.config.mqtt;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const wrong = code === 'CERT_HAS_EXPIRED' ? 'expired' : 'not-yet';
    const now = Date.now();
    const one = brokersChain.find((each) => validityAt(each, now) === wrong);
    const dates = { subject: one?.subject ?? '-', from: day(one?.from), to: day(one?.to), now: day(now) };
    return wrong === 'expired'
      ? found('broken', 'broker-certificate-expired', { subject: dates.subject, to: dates.to, now: dates.now })
      : found('broken', 'broker-certificate-not-yet', { subject: dates.subject, from: dates.from, now: dates.now });
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return found('broken', 'broker-certificate-name', {
      host: address.host,
      subject: brokersChain[0]?.subject || '-',
    });
  }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') return found('broken', 'broker-certificate-self-signed', { place });
  if (UNKNOWN_AUTHORITY.includes(code)) return found('broken', 'broker-certificate-authority', { place, code });
  // whoever speaks TLS shows its certificate before it hangs up
  const isSilent = code === 'ECONNRESET' && brokersChain.length === 0;
  if (isSilent || NO_TLS.includes(code)) return found('broken', 'broker-without-tls', { place });
  if (certFile !== undefined && REFUSES_CERTIFICATE.includes(code)) {
    return found('broken', 'our-certificate-refused', { file: certFile, code });
  }
  if (certFile === undefined && (WANTS_CERTIFICATE.includes(code) || code === 'ECONNRESET')) {
    return found('broken', 'broker-wants-certificate', { place, code });
  }
  return found('broken', 'broker-tls-failed', { place, code });
}

function protocolProblem(
  spoken: Awaited<ReturnType<typeof spokenAt>>,
  { config }: Patient,
  address: BrokerAddress,
): Finding {
  const place = brokerPlace(address);
  if (spoken === 'tls') {
    const wanted = address.protocol.startsWith('ws') ? 'wss' : 'mqtts';
    return found('broken', 'broker-wants-tls', { place, url: `${wanted}://${place}` });
  }
  const { protocol, path, tls } = address;
  if (spoken === 'http' && protocol.startsWith('ws')) {
    return found('broken', 'broker-websocket-path', { place, path, url: `${protocol}://${place}/mqtt` });
  }
  if (spoken === 'http') return found('broken', 'broker-is-web-server', { place });
  // TLS 1.3 ends the handshake before the server has looked at the certificate
  if (tls) return found('broken', 'broker-closes-tls', { place, certificate: config.mqtt.certFile ?? '-' });
  return found('broken', 'broker-closes', { place });
}

const day = (time: number | undefined): string =>
  time === undefined ? '-' : new Date(time).toISOString().slice(0, 10);
