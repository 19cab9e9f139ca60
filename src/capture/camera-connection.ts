import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { SourceError } from '../foundation/errors.js';
import { authoritiesOf, type CameraTrust, distrust, hexOf, type PeerProof } from './camera-trust.js';

/** Where a camera listens for TLS. */
export interface TlsPlace {
  /** A name or an address; IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { https: 443, rtsps: 322, rtmps: 443 };
/** Old cameras speak these only; with a certificate that was looked at, weak encryption is better than none. */
const OLD_TOO = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

/** Of the names in a certificate, in UTF-16 units. */
const LONGEST_NAME = 120;
const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** Where the TLS connection of an address goes; null where there is none: `rtsp://`, a file. */
export function tlsPlace(url: string): TlsPlace | null {
  if (!/^(?:https|rtsps|rtmps|tls):\/\//i.test(url) || !URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const usual = DEFAULT_PORTS[protocol.slice(0, -1)];
  if (port === '' && usual === undefined) return null;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usual! : Number(port) };
}

/**
 * Connects to a camera and looks at its certificate before a byte is said.
 *
 * @returns the connection, which is the caller's to end
 * @throws SourceError with what is wrong and what to do: no TLS there, a certificate that is not to be trusted
 */
export async function connectToCamera(place: TlsPlace, trust: CameraTrust, signal: AbortSignal): Promise<TLSSocket> {
  const ca = await authoritiesOf(trust);
  signal.throwIfAborted();
  const isLookedAt = trust.fingerprint !== null || !trust.verify;
  const socket = connect({
    host: place.host,
    port: place.port,
    // judged below, where it can be said what to do
    rejectUnauthorized: false,
    ...(isIP(place.host) === 0 && { servername: place.host }),
    ...(ca !== null && { ca }),
    ...(isLookedAt && OLD_TOO),
  });
  const abort = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was closed during the handshake')));
    });
    const why = distrust(proofOf(socket, place), trust, Date.now());
    if (why !== null) throw new SourceError(why);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error instanceof SourceError ? error : handshakeFailure(place, error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** As `connectToCamera`, and hangs up: for a program that connects by itself and looks at no certificate. */
export async function checkCertificate(
  place: TlsPlace,
  trust: CameraTrust,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (!trust.verify) return;
  const socket = await connectToCamera(place, trust, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  socket.on('error', () => undefined);
  socket.end();
  socket.destroySoon();
}

function proofOf(socket: TLSSocket, { host, port }: TlsPlace): PeerProof {
  const certificate: PeerCertificate = socket.getPeerCertificate();
  const fault = (socket.authorizationError as unknown as string | Error | null) ?? null;
  const code = fault instanceof Error ? ((fault as NodeJS.ErrnoException).code ?? fault.message) : fault;
  const isOtherName = code === null && checkServerIdentity(host, certificate) !== undefined;
  return {
    where: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    fault: isOtherName ? 'ERR_TLS_CERT_ALTNAME_INVALID' : code,
    fingerprint: hexOf(certificate.fingerprint256 ?? ''),
    issuer: oneLine(certificate.issuer?.CN ?? certificate.issuer?.O),
    names: oneLine(certificate.subjectaltname ?? certificate.subject?.CN),
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
  };
}

/** A certificate says what it likes. */
function oneLine(name: string | string[] | undefined): string {
  return [name ?? ''].flat().join(', ').replace(CONTROL_CHARACTERS, ' ').slice(0, LONGEST_NAME);
}

function handshakeFailure({ host, port }: TlsPlace, error: unknown): SourceError {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const advice = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)
    ? ': nothing speaks TLS there; check the port, or write the address without its s (rtsp://, http://)'
    : /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|TOO_SMALL|MD_TOO_WEAK|HANDSHAKE_FAILURE|LEGACY|NO_CIPHER/.test(code)
      ? ': it speaks an encryption too old to be trusted; set its tlsFingerprint (--tls-fingerprint), or tlsVerify: false, to take it all the same'
      : /CERTIFICATE_REQUIRED/.test(code) || /certificate required/i.test(message)
        ? ': it wants a certificate of its clients, which is not supported'
        : '';
  return new SourceError(`no TLS connection to ${host} port ${port}${advice}`, {}, error);
}
