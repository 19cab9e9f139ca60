import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { OF_ONE_CLIENT } from '../caching/conditional.js';

/** Takes what is written and gives nothing: the connection of a request that nobody made. */
class Nowhere extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

/** What a client asked for itself only, or which only its own connection can answer. */
const LEFT_OUT = [...OF_ONE_CLIENT, 'connection', 'upgrade', 'expect'];
const TIMEOUT_MS = 30_000;

/**
 * Has a server's handler run again for the address of a request, with its headers and without its client. The answer goes
 * nowhere; whoever watches the response sees it. After 30 s the connection counts as lost.
 *
 * @param mark is called with the request before the handler runs
 */
export function runInBackground(
  original: IncomingMessage,
  target: string,
  mark: (request: IncomingMessage) => void,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const socket = new Nowhere() as Duplex as Socket;
  const { remoteAddress, remoteFamily, remotePort } = original.socket;
  const encrypted = (original.socket as { encrypted?: boolean }).encrypted === true;
  Object.assign(socket, encrypted ? { encrypted } : {});
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    remoteFamily: { value: remoteFamily },
    remotePort: { value: remotePort },
  });
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.url = target;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  for (const [name, value] of Object.entries(original.headers)) {
    if (value === undefined || LEFT_OUT.includes(name)) continue;
    request.headers[name] = value;
    for (const one of [value].flat()) request.rawHeaders.push(name, one);
  }
  request.complete = true;
  request.push(null);
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  const late = setTimeout(() => socket.destroy(), TIMEOUT_MS);
  late.unref();
  response.once('finish', () => socket.destroy());
  response.once('close', () => clearTimeout(late));
  mark(request);
  handle(request, response);
}
