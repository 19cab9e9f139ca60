import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Of replies that go on for as long as somebody listens. */
const EVENT_STREAM = 'text/event-stream';

/**
 * Hands a listener one request of a connection at a time, and ends a connection that takes too long to read its reply. Whoever
 * asks on and on without reading would otherwise have every answer kept in memory, and whoever reads slowly a place for ever.
 *
 * @param timeoutMs from a request to the last byte of its reply, handed to the system; of a stream of events, to when all that was sent
 * by then is handed to it, and again from then on
 */
export function oneAtATime(listener: RequestListener, timeoutMs: number): RequestListener {
  const answering = new WeakSet<Socket>();
  return (request, response) => {
    const { socket } = request;
    if (answering.has(socket)) socket.destroy();
    // what else came in the same packet
    if (socket.destroyed) return;
    answering.add(socket);
    const timer = setInterval(() => {
      if (!isReadStream(response)) socket.destroy();
    }, timeoutMs);
    response.once('close', () => {
      clearInterval(timer);
      answering.delete(socket);
    });
    listener(request, response);
  };
}

/** Whether a reply is a stream of events of which nothing waits to be read. */
function isReadStream(response: ServerResponse): boolean {
  return response.getHeader('content-type') === EVENT_STREAM && response.writableLength === 0;
}
