import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { EdgeError } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { listen } from '../../http/listen.js';

const MAX_CLIENTS = 50;
const MAX_PAYLOAD_BYTES = 256_000;
const MAX_RETAINED_TOPICS = 4096;
const MAX_RETAINED_BYTES = 16_000_000;
/** A subscriber that takes nothing for this long is disconnected: the others wait for it. */
const DRAIN_TIMEOUT_MS = 5000;

/** Takes a message before its sender hears that it arrived, and calls back once it is kept. */
export type BrokerIntake = (
  message: { readonly topic: string; readonly payload: Uint8Array },
  kept: () => void,
) => void;

/**
 * An MQTT 3.1.1 broker on loopback inside this process, so that the device can be watched without any other program.
 * Bounded: clients, payloads, what is retained; it keeps no session for clients that are away.
 */
export class EmbeddedBroker {
  readonly #port: number;
  readonly #log: Log;
  readonly #intake: BrokerIntake | null;
  readonly #sockets = new Set<Socket>();
  #aedes: Aedes | null = null;
  #server: Server | null = null;
  #opening: Promise<number> | null = null;
  #stopped = false;

  /**
   * @param port on 127.0.0.1; 0 takes a free one
   * @param intake every message, last wills too; one that it does not keep is acknowledged to nobody
   */
  constructor(port: number, log: Log = silentLog, intake: BrokerIntake | null = null) {
    this.#port = port;
    this.#log = log;
    this.#intake = intake;
  }

  /** Tells whoever has subscribed to it; nobody, before it has started and once it has stopped. */
  publish(topic: string, payload: string): void {
    const packet = { cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false } as const;
    this.#aedes?.publish(packet, () => undefined);
  }

  get clients(): number {
    return this.#aedes?.connectedClients ?? 0;
  }

  /**
   * @returns its URL
   * @throws EdgeError E_PUBLISH where the port is taken
   */
  async start(): Promise<string> {
    const aedes = await Aedes.createBroker({
      drainTimeout: DRAIN_TIMEOUT_MS,
      connectTimeout: DRAIN_TIMEOUT_MS,
      preConnect: (_client, packet, accept) => {
        // a session would collect messages for a client that may never come back
        packet.clean = true;
        accept(null, true);
      },
    });
    this.#aedes = aedes;
    aedes.authorizePublish = boundedPublish(this.#intake);
    aedes.on('clientError', (client, error) => this.#log.debug({ client: client.id, err: error }, 'MQTT client'));
    aedes.on('connectionError', (_client, error) => this.#log.debug({ err: error }, 'MQTT connection'));

    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      aedes.handle(socket);
    });
    server.maxConnections = MAX_CLIENTS;
    this.#server = server;
    try {
      this.#opening = listen(server, '127.0.0.1', this.#port);
      const port = await this.#opening;
      if (this.#stopped) await this.stop();
      return `mqtt://127.0.0.1:${port}`;
    } catch (cause) {
      await this.stop();
      throw portError(this.#port, cause);
    }
  }

  /** Disconnects everybody; may be called at any time and more than once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const [server, aedes] = [this.#server, this.#aedes];
    this.#server = null;
    this.#aedes = null;
    // a server that is closed before it listens would listen all the same
    await this.#opening?.catch(() => undefined);
    const closed = server?.listening && new Promise((resolve) => server.close(resolve));
    if (aedes) await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function portError(port: number, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? null;
  const fix =
    code === 'EADDRINUSE'
      ? `port ${port} is taken, perhaps by another broker: use that one with --broker mqtt://127.0.0.1:${port}, or set mqtt.embeddedPort to a free port or to 0`
      : `it cannot listen on 127.0.0.1:${port}; set mqtt.embeddedPort to another port`;
  return new EdgeError('E_PUBLISH', `the embedded broker does not start: ${fix}`, { context: { port, code }, cause });
}

function boundedPublish(intake: BrokerIntake | null): Aedes['authorizePublish'] {
  const retained = new Map<string, number>();
  let bytes = 0;
  return (_client, packet, done) => {
    const { topic, payload } = packet as AedesPublishPacket;
    if (payload.length > MAX_PAYLOAD_BYTES) {
      done(new Error(`payload of ${payload.length} bytes on ${topic}`));
      return;
    }
    if (packet.retain) {
      const others = bytes - (retained.get(topic) ?? 0);
      const count = retained.size - Number(retained.has(topic));
      if (payload.length > 0 && (count >= MAX_RETAINED_TOPICS || others + payload.length > MAX_RETAINED_BYTES)) {
        packet.retain = false;
      } else {
        if (payload.length === 0) retained.delete(topic);
        else retained.set(topic, payload.length);
        bytes = others + payload.length;
      }
    }
    if (intake === null) done(null);
    else intake({ topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload }, () => done(null));
  };
}
