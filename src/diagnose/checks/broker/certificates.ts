import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { BrokerAddress } from '../../../telemetry/mqtt/broker-address.js';
import { readSecrets } from '../../../telemetry/mqtt/broker-secrets.js';
import {
  type CertificateValidity,
  chainOf,
  daysLeft,
  validityOf,
} from '../../../telemetry/mqtt/certificate-validity.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';
import { ANSWER_MS, brokerTarget } from './broker-target.js';

/** As long as whoever has to renew them may be away. */
const SOON_DAYS = 30;

/** How long the certificates of both sides are valid; one of the broker that is not, the connection tells. */
export const brokerCertificates = (): Check => ({
  ground: 'broker',
  name: 'certificates',
  deadlineMs: 5000,
  async run(patient, signal) {
    const { mqtt } = patient.config;
    const address = brokerTarget(patient);
    if (!address?.tls) return [];
    const now = Date.now();
    const own = validityOf((await readSecrets(mqtt, address).catch(() => null))?.cert);
    const left = own === null ? null : daysLeft(own, now);
    const chain = (await shownBy(address, signal)).sort((a, b) => a.to - b.to);
    const first = chain[0] ?? null;
    const days = first === null ? null : daysLeft(first, now);
    const findings = [];
    if (own !== null && left !== null && left < SOON_DAYS) {
      const file = mqtt.certFile ?? '-';
      findings.push(
        left < 0
          ? found('broken', 'our-certificate-expired', { file, to: day(own) })
          : found('degraded', 'our-certificate-expires', { file, to: day(own), days: left }),
      );
    }
    if (first !== null && days !== null && days >= 0 && days < SOON_DAYS) {
      const values = { subject: first.subject || '-', to: day(first), days };
      findings.push(found('degraded', 'broker-certificate-expires', values));
    }
    if (findings.length > 0 || days === null || days < 0) return findings;
    return [found('fine', 'broker-certificates-fine', { days: Math.min(days, left ?? days) })];
  },
});

/** The certificates that the broker shows, whoever signed them; none where it shows none in time. */
function shownBy({ host, port }: BrokerAddress, signal: AbortSignal): Promise<CertificateValidity[]> {
  return new Promise((resolve) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ host, port, rejectUnauthorized: false, ...name });
    const end = (chain: CertificateValidity[]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(chain);
    };
    const timer = setTimeout(() => end([]), ANSWER_MS);
    signal.addEventListener('abort', () => end([]), { once: true });
    socket.once('secureConnect', () => end(chainOf(socket.getPeerCertificate(true))));
    socket.once('error', () => end([]));
  });
}

const day = ({ to }: CertificateValidity): string => new Date(to).toISOString().slice(0, 10);
