import { lookup as systemLookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { answered } from '../../../board/machine/answered.js';
import type { BrokerAddress } from '../../../telemetry/mqtt/broker-address.js';
import { type Finding, found } from '../../finding.js';
import { brokerPlace } from './broker-target.js';

/** ms for the name, and for the port. */
const STAGE_MS = 2500;

/** Looks a name up as every program of the machine does. */
export type NameLookup = (host: string) => Promise<unknown>;

/** Whether the name leads somewhere; null: it does, or is an address. */
export async function nameProblem({ host }: BrokerAddress, lookup: NameLookup = systemLookup): Promise<Finding | null> {
  if (isIP(host) !== 0) return null;
  const code = await answered(
    lookup(host).then(
      () => '',
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    ),
    STAGE_MS,
  );
  if (code === '') return null;
  if (code === null) return found('broken', 'broker-name-late', { host, seconds: STAGE_MS / 1000 });
  if (code === 'EAI_AGAIN') return found('broken', 'broker-no-dns', { host });
  return found('broken', host.endsWith('.local') ? 'broker-name-local' : 'broker-name-unknown', { host, code });
}

/** Whether somebody listens there; null: yes. */
export async function portProblem(address: BrokerAddress, signal: AbortSignal): Promise<Finding | null> {
  const code = await connectingTo(address, signal);
  const values = { place: brokerPlace(address), code, seconds: STAGE_MS / 1000 };
  if (code === '') return null;
  if (code === 'ECONNREFUSED') return found('broken', 'broker-port-closed', { place: values.place });
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH') {
    return found('broken', 'broker-no-route', { place: values.place, code });
  }
  if (code === 'ETIMEDOUT')
    return found('broken', 'broker-no-answer', { place: values.place, seconds: values.seconds });
  return found('broken', 'broker-unreachable', { place: values.place, code });
}

/** The system's word for why there is no connection; empty where there is one. */
function connectingTo({ host, port }: BrokerAddress, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: STAGE_MS });
    const end = (code: string): void => {
      socket.destroy();
      resolve(code);
    };
    signal.addEventListener('abort', () => end('ABORT_ERR'), { once: true });
    socket.once('connect', () => end(''));
    socket.once('timeout', () => end('ETIMEDOUT'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
