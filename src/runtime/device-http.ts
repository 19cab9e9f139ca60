import type { HttpConfig } from '../config/config.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { HttpServer, type Readiness } from '../http/server.js';

export interface DeviceHttpParts {
  readonly config: HttpConfig;
  readonly metrics: () => Promise<string>;
  readonly readiness: () => Readiness;
  readonly log: Log;
}

/** The device's own HTTP server, where the configuration wants one. */
export class DeviceHttp implements Part {
  readonly name = 'http';
  readonly essential = false;
  readonly settings = [{ path: 'http', requiresRestart: true }];
  readonly #parts: DeviceHttpParts;
  #server: HttpServer | null = null;

  constructor(parts: DeviceHttpParts) {
    this.#parts = parts;
  }

  /** @throws ConfigError where it would be open to others without a token; EdgeError E_OUTPUT where the port is taken */
  async start(): Promise<void> {
    const { config, metrics, readiness, log } = this.#parts;
    if (!config.enabled) return;
    this.#server = new HttpServer({ config, metrics, readiness });
    const { host, port } = await this.#server.start();
    log.info({ url: `http://${host}:${port}/metrics` }, 'metrics are served');
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
