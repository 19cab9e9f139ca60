import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { SourceError } from '../foundation/errors.js';
import type { HttpLogin } from './http-login.js';

/**
 * Opens a connection to where a URL points, over TLS for https.
 *
 * @param signal ends the connection, at any time
 * @throws SourceError where it speaks no TLS there, else what Node throws where there is no connection
 */
export async function connectTo(url: URL, tls: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port) || (secure ? 443 : 80);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket: Socket = secure ? connectTls({ host, port, ...servername, ...tls }) : connect({ host, port });
  const stop = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  await new Promise<void>((resolve, reject) => {
    socket.once(secure ? 'secureConnect' : 'connect', resolve);
    socket.once('error', (error: NodeJS.ErrnoException) => reject(isNoTls(error) ? noTls(url, error) : error));
  });
  // errors that come while nobody reads end the iteration later on
  socket.on('error', () => {});
  return socket;
}

function isNoTls({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
}

function noTls(url: URL, cause: Error): SourceError {
  return new SourceError(`${url.host} speaks no TLS: is it http://?`, {}, cause);
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
