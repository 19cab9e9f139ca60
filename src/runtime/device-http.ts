import type { HttpConfig } from '../config/config.js';
import type { HttpReply, HttpRoute } from '../foundation/http-route.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { HEALTHZ, HttpServer, json } from '../http/server.js';

export interface DeviceHttpParts {
  readonly config: HttpConfig;
  /** What keeps the device from its work; empty where nothing does. */
  readonly obstacles: () => readonly string[];
  /** What the program is doing now. */
  readonly status: () => object;
  readonly log: Log;
}

/** The device's own HTTP server, where the configuration wants one, with the routes that the parts brought. */
export class DeviceHttp implements Part {
  readonly name = 'http';
  readonly essential = false;
  readonly settings = [{ path: 'http', requiresRestart: true }];
  /**
   * `/healthz`: the process lives; `/readyz`: the device does its work (200), or what keeps it from it (503); `/api/status`:
   * what it is doing now, as `RuntimeStatus`.
   */
  readonly routes: readonly HttpRoute[] = [
    HEALTHZ,
    { path: '/readyz', handle: () => this.#readiness() },
    { path: '/api/status', handle: () => json(this.#parts.status()) },
  ];
  readonly #parts: DeviceHttpParts;
  readonly #routes: HttpRoute[] = [];
  #server: HttpServer | null = null;

  constructor(parts: DeviceHttpParts) {
    this.#parts = parts;
  }

  /** Answers these too, from the start on. */
  serve(routes: readonly HttpRoute[]): void {
    this.#routes.push(...routes);
  }

  /** @throws ConfigError where it would be open to others without a token; EdgeError E_OUTPUT where the port is taken */
  async start(): Promise<void> {
    const { config, log } = this.#parts;
    if (!config.enabled) return;
    this.#server = new HttpServer({ config, routes: this.#routes });
    const { host, port } = await this.#server.start();
    log.info({ url: `http://${host}:${port}/metrics` }, 'metrics are served');
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #readiness(): HttpReply {
    const reasons = this.#parts.obstacles();
    const ready = reasons.length === 0;
    return json({ ready, reasons }, ready ? 200 : 503);
  }
}
