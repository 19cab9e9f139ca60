import { getServers } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { explain } from '../../../foundation/errors.js';
import { type Finding, found } from '../../finding.js';

/** Of a camera that is reached over the network. */
export interface CameraAddress {
  readonly camera: string;
  /** IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** ms for a name, and for a connection: both take a tenth of it in a working network. */
const NAME_MS = 3000;
const CONNECT_MS = 3000;

/** Whether the host has an address and takes a connection. @returns what is wrong; null where nothing is */
export async function reach(address: CameraAddress, signal: AbortSignal): Promise<Finding | null> {
  const { camera, host } = address;
  if (isIP(host) === 0) {
    const why = await unresolved(host, signal);
    if (why !== null) {
      const servers = getServers().join(', ') || '/etc/hosts';
      return found('broken', 'camera-name-unresolved', { camera, host, servers, why }, camera);
    }
  }
  const refused = await connectionFault(address, signal);
  return refused === null
    ? null
    : found('broken', unreachedCode(refused), { camera, host, port: address.port, why: refused }, camera);
}

/** Which of the ways not to be connected it is. @param why the system's own code, or `timeout` */
export function unreachedCode(why: string): Finding['code'] {
  if (why === 'ECONNREFUSED') return 'camera-refused';
  if (/^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/.test(why)) return 'camera-no-route';
  return 'camera-silent-host';
}

async function unresolved(host: string, signal: AbortSignal): Promise<string | null> {
  try {
    await within(lookup(host), AbortSignal.any([signal, AbortSignal.timeout(NAME_MS)]));
    return null;
  } catch (error) {
    return codeFrom(error);
  }
}

async function connectionFault({ host, port }: CameraAddress, signal: AbortSignal): Promise<string | null> {
  const socket = connect({ host, port });
  try {
    const connected = new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    await within(connected, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]));
    return null;
  } catch (error) {
    return codeFrom(error);
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** The system's code of several tries is that of the first. */
function codeFrom(error: unknown): string {
  if (error instanceof DOMException) return 'timeout';
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return (first as NodeJS.ErrnoException)?.code ?? explain(error);
}

/** @throws the signal's reason where it is aborted before */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
