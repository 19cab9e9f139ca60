import { pageRoutes } from '../../dashboard/page-files.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';

/** The pages that people look at, and what they ask of the JSON API. */
export class DeviceDashboard implements Part {
  readonly name = 'dashboard';
  readonly essential = false;
  readonly routes: readonly HttpRoute[];

  constructor() {
    this.routes = pageRoutes();
  }

  start(): void {
    // the HTTP server serves what it brings
  }

  stop(): void {
    // and ends it
  }
}
