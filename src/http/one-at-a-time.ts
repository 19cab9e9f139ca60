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
 * @param leastBytesPerS a reply that says how long it is may take so long as this rate takes
 */
export function oneAtATime(
  listener: RequestListener,
  timeoutMs: number,
  leastBytesPerS = Number.POSITIVE_INFINITY,
): RequestListener {
  const answering = new WeakSet<Socket>();
  return (request, response) => {
    const { socket } = request;
    if (answering.has(socket)) socket.destroy();
    // what else came in the same packet
    if (socket.destroyed) return;
    answering.add(socket);
    const header = headersOf(response);
    let ticks = 0;
    const timer = setInterval(() => {
      const allowedMs = (Number(header('content-length') ?? 0) / leastBytesPerS) * 1000;
      // a stream of events of which nothing waits to be read goes on
      const isRead = header('content-type') === EVENT_STREAM && response.writableLength === 0;
      if (++ticks * timeoutMs >= allowedMs && !isRead) socket.destroy();
    }, timeoutMs);
    response.once('close', () => {
      clearInterval(timer);
      answering.delete(socket);
    });
    listener(request, response);
  };
}

/** What a reply says of itself by lower-case names, also what it says with `writeHead`, which `getHeader` does not know. */
function headersOf(response: ServerResponse): (name: string) => unknown {
  let given: Readonly<Record<string, unknown>> = {};
  const writeHead = response.writeHead as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === 'object' && last !== null) given = last as typeof given;
    return writeHead.apply(response, args);
  };
  return (name) => response.getHeader(name) ?? given[name];
}
