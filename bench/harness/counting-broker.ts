import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';

/** A broker on a free loopback port that counts what its clients publish. */
export class CountingBroker {
  messages = 0;
  readonly #aedes: Aedes;
  readonly #server: Server;

  private constructor(aedes: Aedes) {
    this.#aedes = aedes;
    this.#server = createServer(aedes.handle);
    aedes.on('publish', (_packet, client) => {
      if (client) this.messages++; // without a client it is one of the broker's own
    });
  }

  static async start(): Promise<CountingBroker> {
    const broker = new CountingBroker(await Aedes.createBroker());
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
