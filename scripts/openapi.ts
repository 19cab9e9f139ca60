import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionRoutes } from '../src/collector/api/action-routes.js';
import { configurationRoutes } from '../src/collector/api/configuration-routes.js';
import { fleetRoutes } from '../src/collector/api/fleet-routes.js';
import { COLLECTOR_API } from '../src/collector/collecting.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { openApiOf } from '../src/http/openapi.js';
import { declarations } from '../src/runtime/declarations.js';
import { VERSION } from '../src/runtime/version.js';

/** Where the description of the JSON API is published. */
export const OPENAPI_FILE = join(PROJECT_ROOT, 'docs', 'api', 'openapi.json');

/** What the program answers under `/api/v1/`, as an OpenAPI document. */
export const openApiText = (): string => `${JSON.stringify(openApiOf(declarations().routes, VERSION), null, 1)}\n`;

/** Where the description of the collector's API is published. */
export const COLLECTOR_OPENAPI_FILE = join(PROJECT_ROOT, 'docs', 'api', 'collector-openapi.json');

/** What a collector answers, as an OpenAPI document. */
export function collectorOpenApiText(): string {
  const asked = (): never => {
    throw new Error('nobody is asked for a description');
  };
  // the routes describe themselves before anything is asked of them
  const fleet = fleetRoutes({
    store: null as never,
    limits: { staleMs: 0, goneMs: 0 },
    state: asked,
    broker: asked,
    snapshots: asked,
    reports: asked,
    now: asked,
  });
  const routes = [
    ...fleet,
    ...configurationRoutes(null as never),
    ...actionRoutes({ store: null as never, actions: null as never }),
  ];
  return `${JSON.stringify(openApiOf(routes, VERSION, COLLECTOR_API), null, 1)}\n`;
}

// `node dist/scripts/openapi.js` writes them
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(OPENAPI_FILE, openApiText());
  writeFileSync(COLLECTOR_OPENAPI_FILE, collectorOpenApiText());
}
