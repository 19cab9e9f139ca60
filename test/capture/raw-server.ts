import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** Answers one request by writing bytes, right or wrong. */
export type RawAnswer = (socket: Socket, request: string) => void;

/** An HTTP server that sends whatever bytes it is told to. */
export class RawServer {
  /** What it answers with from now on. */
  answer: RawAnswer = (socket) => socket.destroy();
  /** Heads of the requests that came. */
  readonly requests: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#serve(socket));

  static async start(): Promise<RawServer> {
    const server = new RawServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    let head = '';
    socket.on('data', (bytes: Buffer) => {
      head += bytes.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      this.requests.push(head);
      this.answer(socket, head);
      head = '';
    });
  }
}

/** Sends that and closes the connection. */
export const once =
  (...pieces: (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
    socket.end();
  };

/** An answer that goes on, 50 parts a second. */
export const endless =
  (start: string | Uint8Array, part: string | Uint8Array): RawAnswer =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), 20);
    socket.on('close', () => clearInterval(timer));
  };
