import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file as a server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sha256: string;
}

/** A web server that takes files; what it answers can be changed. */
export class ReceivingServer {
  readonly received: Received[] = [];
  /** By path: a second `PUT` with `if-none-match` is refused. */
  readonly files = new Map<string, Buffer>();
  /** It reads no faster. */
  bytesPerS = Number.POSITIVE_INFINITY;
  /** Of the bodies of all requests so far. */
  gotBytes = 0;
  answer: (request: Received) => number | null = () => null;
  #server: Server | null = null;
  port = 0;

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        this.gotBytes += chunk.length;
        if (this.bytesPerS === Number.POSITIVE_INFINITY) return;
        request.pause();
        setTimeout(() => request.resume(), (chunk.length / this.bytesPerS) * 1000);
      });
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const sha256 = createHash('sha256').update(body).digest('hex');
        const { method = '', url = '', headers } = request;
        const one = { method, path: url, headers, body, sha256 };
        const status = this.answer(one);
        if (status !== null) {
          response.writeHead(status).end(`status ${status}\n`);
          return;
        }
        this.received.push(one);
        const isThere = this.files.has(url) && headers['if-none-match'] === '*';
        if (!isThere) this.files.set(url, body);
        response.writeHead(isThere ? 412 : 201).end();
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
