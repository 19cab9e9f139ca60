import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { BrokerAddress } from '../../../telemetry/mqtt/broker-address.js';

/** What a port turned out to be; null: nothing that is known. */
export type SpokenAtPort = 'tls' | 'http' | null;

const TRY_MS = 1000;

/** Finds out what answers at a port that is no broker as configured. Whose certificate it is does not matter. */
export async function spokenAt({ host, port, tls }: BrokerAddress, signal: AbortSignal): Promise<SpokenAtPort> {
  const encrypted = () => connectTls({ host, port, rejectUnauthorized: false });
  if (!tls && (await settled(encrypted(), 'secureConnect', signal, () => true))) return 'tls';
  const socket = tls ? encrypted() : connect({ host, port });
  socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  const isWeb = await settled(socket, 'data', signal, (chunk) => String(chunk).startsWith('HTTP/'));
  return isWeb ? 'http' : null;
}

/** Whether an event comes in time, with what `judge` takes. The socket is gone afterwards. */
function settled(
  socket: Socket,
  event: 'secureConnect' | 'data',
  signal: AbortSignal,
  judge: (value: unknown) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isSo: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isSo);
    };
    const timer = setTimeout(() => end(false), TRY_MS);
    signal.addEventListener('abort', () => end(false), { once: true });
    socket.once(event, (value: unknown) => end(judge(value)));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
