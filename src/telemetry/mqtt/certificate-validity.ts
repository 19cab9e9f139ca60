import { X509Certificate } from 'node:crypto';

/** When a certificate is valid. */
export interface CertificateValidity {
  /** Whom it is for: the names in its subject. */
  readonly subject: string;
  /** Unix ms. */
  readonly from: number;
  /** Unix ms. */
  readonly to: number;
}

/** As Node tells of a certificate of the other side; `issuerCertificate` is that above it, itself at the end. */
export interface PeerCertificate {
  readonly subject?: { readonly CN?: string | string[] };
  readonly valid_from?: string;
  readonly valid_to?: string;
  readonly issuerCertificate?: PeerCertificate;
}

/** More certificates than this are in no chain. */
const MAX_CHAIN = 10;

/** The certificates of the other side, its own first; empty where nothing is known. */
export function chainOf(peer: PeerCertificate | null | undefined): CertificateValidity[] {
  const chain: CertificateValidity[] = [];
  for (let one = peer; one?.valid_to !== undefined && chain.length < MAX_CHAIN; one = one.issuerCertificate) {
    const [from, to] = [Date.parse(one.valid_from ?? ''), Date.parse(one.valid_to)];
    if (Number.isNaN(from) || Number.isNaN(to)) break;
    chain.push({ subject: String(one.subject?.CN ?? ''), from, to });
    if (one.issuerCertificate === one) break;
  }
  return chain;
}

/** The certificate in a PEM text, the first where there are several; null: there is none. */
export function validityOf(pem: string | undefined): CertificateValidity | null {
  if (pem === undefined) return null;
  try {
    const { subject, validFrom, validTo } = new X509Certificate(pem);
    return { subject: /^CN=(.*)$/m.exec(subject)?.[1] ?? '', from: Date.parse(validFrom), to: Date.parse(validTo) };
  } catch {
    return null;
  }
}

/** What the clock of this device says, and what it cannot say. */
export interface DeviceClock {
  /** Unix ms. */
  readonly now: number;
  /** Unix ms before which this program was not there. */
  readonly builtAt: number;
}

/** Dates of a certificate and of the device, and which of them is wrong: `not-yet` and `expired` by the clock of this device. */
export function validityInWords(
  found: 'expired' | 'not-yet',
  whose: string,
  validity: CertificateValidity | null,
  { now, builtAt }: DeviceClock,
): string {
  const clock = `the clock of this device says ${day(now)}`;
  if (now < builtAt) {
    const dates = validity === null ? '' : ` (${whose} is valid from ${day(validity.from)} to ${day(validity.to)})`;
    return `${clock}, and this program was built on ${day(builtAt)}: set it (timedatectl set-ntp true); without a battery-backed clock it waits for the network's time${dates}`;
  }
  if (found === 'expired') {
    const since = validity === null ? 'has expired' : `expired on ${day(validity.to)}`;
    return `${whose} ${since}, and ${clock}: renew it, unless that clock is ahead`;
  }
  const from = validity === null ? 'is not valid yet' : `is not valid before ${moment(validity.from)}`;
  const says = validity === null ? clock : `the clock of this device says ${moment(now)}`;
  return `${whose} ${from}, and ${says}: that clock is probably behind (timedatectl set-ntp true), else the certificate is one for later`;
}

/** Whether a certificate is valid at a time (Unix ms). */
export function validityAt({ from, to }: CertificateValidity, now: number): 'valid' | 'expired' | 'not-yet' {
  if (now < from) return 'not-yet';
  return now > to ? 'expired' : 'valid';
}

/** Whole days until it is over; negative where it is. @param now Unix ms */
export const daysLeft = ({ to }: CertificateValidity, now: number): number => Math.floor((to - now) / 86_400_000);

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
const moment = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
