import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Config } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { RuntimeStatus } from '../status.js';
import { statusLine } from '../systemd/status-line.js';
import { healthSockets } from './health-place.js';
import type { HealthReport } from './health-report.js';
import { Liveness, LOOK_EVERY_MS } from './liveness.js';

/** Askers at once: nobody needs more than one. */
const MAX_CONNECTIONS = 8;
/** ms in which an asker has to take the answer. */
const PATIENCE_MS = 5000;

export interface DeviceHealthParts {
  /** Whether every camera was begun. */
  readonly isServing: () => boolean;
  readonly status: () => Pick<RuntimeStatus, 'cameras' | 'provider' | 'uptimeS'>;
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * Answers `edge-optimizer health`, on a socket that is a file: for containers, supervisors and scripts, with HTTP or without.
 * Whoever may look into the store may ask. The main thread answers, so one that hangs does not.
 */
export class DeviceHealth implements Part {
  readonly name = 'health';
  readonly essential = false;
  readonly #sockets: readonly string[];
  readonly #parts: DeviceHealthParts;
  readonly #clock: Clock;
  readonly #liveness = new Liveness();
  readonly #asking = new Set<Socket>();
  #looking: NodeJS.Timeout | null = null;
  #server: Server | null = null;

  /** @param config with absolute paths */
  constructor({ store }: Pick<Config, 'store'>, parts: DeviceHealthParts) {
    this.#sockets = healthSockets(store.dir);
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Nobody else has the store, so a socket that is there is left from a program that was killed. */
  async start(signal: AbortSignal): Promise<void> {
    this.#looking = setInterval(() => this.#report(), LOOK_EVERY_MS).unref();
    const problems: string[] = [];
    for (const path of this.#sockets) {
      if (signal.aborted) return;
      try {
        this.#server = await this.#listen(path);
        return;
      } catch (error) {
        problems.push(explain(error));
      }
    }
    this.#parts.log.warn(
      { problems },
      '`edge-optimizer health` will say that nothing runs: it can be answered neither in store.dir nor in the folder of temporary files',
    );
  }

  async stop(): Promise<void> {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#asking) socket.destroy();
    await closed;
  }

  #listen(path: string): Promise<Server> {
    return new Promise((resolve, reject) => {
      rmSync(path, { force: true });
      const server = createServer((socket) => this.#answer(socket));
      server.maxConnections = MAX_CONNECTIONS;
      server.once('error', reject);
      server.listen(path, () => {
        server.removeListener('error', reject);
        // one that cannot be taken, where no file descriptor is left, must not end the program
        server.on('error', () => undefined);
        server.unref();
        resolve(server);
      });
    });
  }

  #answer(socket: Socket): void {
    this.#asking.add(socket);
    socket.on('close', () => this.#asking.delete(socket));
    // it has gone away
    socket.on('error', () => undefined);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    // what it says is of no interest, but unread it would keep the connection open
    socket.resume();
    socket.end(`${JSON.stringify(this.#report())}\n`);
  }

  #report(): HealthReport {
    const status = this.#parts.status();
    const told = { pid: process.pid, uptimeS: Math.round(status.uptimeS), line: statusLine(status) };
    if (!this.#parts.isServing()) return { state: 'starting', inOrderS: null, ...told };
    const ms = this.#liveness.look(this.#clock.now(), status.cameras);
    return { state: Liveness.isStuck(ms) ? 'stuck' : 'serving', inOrderS: Math.round(ms / 1000), ...told };
  }
}
