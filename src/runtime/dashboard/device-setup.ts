import { setupRoutes } from '../../dashboard/api/setup.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { Part } from '../../foundation/part.js';
import { type SetupParts, setupPort } from './setup.js';

/** Draws lines, zones, rules and masks into the site's file. */
export class DeviceSetup implements Part {
  readonly name = 'setup';
  readonly essential = false;
  readonly routes: readonly HttpRoute[];

  constructor(parts: SetupParts) {
    this.routes = setupRoutes(setupPort(parts));
  }

  start(): void {
    // it works when it is asked
  }

  stop(): void {
    // what is written is whole
  }
}
