import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes on what comes to its port, until it is cut: then connections stay open and nothing comes through, as behind a dead router. */
export class CuttableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect(to, '127.0.0.1');
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      near.on('data', (data) => this.#isCut || far.write(data)).on('close', () => far.destroy());
      far.on('data', (data) => this.#isCut || near.write(data)).on('close', () => near.destroy());
    });
  }

  static async start(to: number): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(to);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
