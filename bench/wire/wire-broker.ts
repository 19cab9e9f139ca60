import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';

/** What went over the wire of one kind of message. */
export interface WireCount {
  messages: number;
  /** Of MQTT packets, acknowledgements included. */
  bytes: number;
}

/** Of a PUBLISH packet besides topic and payload, and of the PUBACK at QoS 1. */
const headBytes = (payload: number, qos: number): number => (payload > 16_000 ? 4 : 3) + 2 + (qos > 0 ? 2 + 4 : 0);

/** A broker on a free loopback port that counts bytes: those of its sockets, and by kind of message. */
export class WireBroker {
  readonly kinds = new Map<string, WireCount>();
  /** Both ways, as TCP carries them. */
  socketBytes = 0;
  readonly #aedes: Aedes;
  readonly #server: Server;

  private constructor(aedes: Aedes) {
    this.#aedes = aedes;
    this.#server = createServer((socket) => {
      socket.on('close', () => {
        this.socketBytes += socket.bytesRead + socket.bytesWritten;
      });
      aedes.handle(socket);
    });
    aedes.on('publish', ({ topic, payload, qos }, client) => {
      if (!client) return;
      const [, , , , kind = '', name] = topic.split('/');
      const count = this.#count(kind === 'metrics' && name ? 'metrics/full' : kind);
      count.messages++;
      count.bytes += Buffer.byteLength(topic) + payload.length + headBytes(payload.length, qos);
    });
  }

  static async start(): Promise<WireBroker> {
    const broker = new WireBroker(await Aedes.createBroker());
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #count(kind: string): WireCount {
    let count = this.kinds.get(kind);
    if (count === undefined) {
      count = { messages: 0, bytes: 0 };
      this.kinds.set(kind, count);
    }
    return count;
  }
}
