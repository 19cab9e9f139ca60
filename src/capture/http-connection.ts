import { connect, type Socket } from 'node:net';
import { connectToCamera } from './camera-connection.js';
import type { CameraTrust } from './camera-trust.js';
import type { HttpLogin } from './http-login.js';

/**
 * Opens a connection to where a URL points, over TLS for https, where the certificate is looked at before a byte is said.
 *
 * @param signal ends the connection, at any time
 * @throws SourceError where it speaks no TLS there or has no good certificate, else what Node throws where there is no connection
 */
export async function connectTo(url: URL, trust: CameraTrust, signal: AbortSignal): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const socket: Socket = secure ? await connectToCamera({ host, port }, trust, signal) : connect({ host, port });
  const stop = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  if (!secure) {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  }
  // errors that come while nobody reads end the iteration later on
  socket.on('error', () => {});
  return socket;
}

/** What is sent: one GET, after which the connection is closed. */
export function getRequest(url: URL, login: HttpLogin | null): string {
  const path = url.pathname + url.search;
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: edge-inference-optimizer',
    'Accept: image/*, multipart/x-mixed-replace, */*',
    'Connection: close',
  ];
  if (login) lines.push(`Authorization: ${login.authorization(path)}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
