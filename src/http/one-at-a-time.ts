import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Hands a listener one request of a connection at a time, and ends a connection that takes too long to read its reply. Whoever
 * asks on and on without reading would otherwise have every answer kept in memory, and whoever reads slowly a place for ever.
 *
 * @param timeoutMs from a request to the last byte of its reply, handed to the system
 */
export function oneAtATime(listener: RequestListener, timeoutMs: number): RequestListener {
  const answering = new WeakSet<Socket>();
  return (request, response) => {
    const { socket } = request;
    if (answering.has(socket)) socket.destroy();
    // what else came in the same packet
    if (socket.destroyed) return;
    answering.add(socket);
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    response.once('close', () => {
      clearTimeout(timer);
      answering.delete(socket);
    });
    listener(request, response);
  };
}
