import type { Config } from '../config/config.js';
import { camerasOf } from '../config/tenants.js';
import type { HttpReply, HttpRoute } from '../foundation/http-route.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Viewer } from '../foundation/viewer.js';
import type { AskedChange } from '../http/app.js';
import { OPENAPI_PATH, openApiOf } from '../http/openapi.js';
import { HEALTHZ, HttpServer, json } from '../http/server.js';
import { changeToken } from './change-token.js';
import { VERSION } from './version.js';

export interface DeviceHttpParts {
  readonly config: Pick<Config, 'http' | 'tenants' | 'cameras' | 'store'>;
  /** What keeps the device from its work, or from that for a tenant; empty where nothing does. */
  readonly obstacles: (viewer: Viewer) => readonly string[];
  /** What the program is doing now, as far as that is the viewer's. */
  readonly status: (viewer: Viewer) => object;
  /** Takes down a change that was asked for. */
  readonly onChange: (change: AskedChange) => void;
  readonly log: Log;
}

/** The device's own HTTP server, where the configuration wants one, with the routes that the parts brought. */
export class DeviceHttp implements Part {
  readonly name = 'http';
  readonly essential = false;
  readonly settings = [{ path: 'http', requiresRestart: true }];
  /**
   * `/healthz`: the process lives; `/readyz`: the device does its work (200), or what keeps it from it (503); `/api/status`:
   * what it is doing now, as `RuntimeStatus`; the OpenAPI document of all that describe themselves.
   */
  readonly routes: readonly HttpRoute[] = [
    HEALTHZ,
    { path: '/readyz', openTo: 'anybody', handle: (_, viewer) => this.#readiness(viewer) },
    { path: '/api/status', openTo: 'tenants', handle: (_, viewer) => json(this.#parts.status(viewer)) },
    {
      path: OPENAPI_PATH,
      openTo: 'tenants',
      api: { summary: 'This document' },
      handle: () => json(openApiOf(this.#routes, VERSION)),
    },
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
    const { config, onChange, log } = this.#parts;
    if (!config.http.enabled) return;
    const tenants = config.tenants.map(({ id, http: { token } }) => ({
      id,
      token,
      cameras: camerasOf(config, id).map((camera) => camera.id),
    }));
    const made = config.http.token === undefined ? changeToken(config.store.dir) : null;
    if (made !== null && 'problem' in made) log.warn(`nothing can be changed over HTTP: ${made.problem}`);
    this.#server = new HttpServer({
      config: config.http,
      tenants,
      routes: this.#routes,
      changeToken: made !== null && 'token' in made ? made.token : null,
      onChange,
    });
    const { host, port } = await this.#server.start();
    log.info({ url: `http://${host}:${port}/` }, 'the dashboard is served');
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #readiness(viewer: Viewer): HttpReply {
    const reasons = this.#parts.obstacles(viewer);
    const ready = reasons.length === 0;
    return json({ ready, reasons }, ready ? 200 : 503);
  }
}
