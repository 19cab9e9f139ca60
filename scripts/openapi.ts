import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { openApiOf } from '../src/http/openapi.js';
import { declarations } from '../src/runtime/declarations.js';
import { VERSION } from '../src/runtime/version.js';

/** Where the description of the JSON API is published. */
export const OPENAPI_FILE = join(PROJECT_ROOT, 'docs', 'api', 'openapi.json');

/** What the program answers under `/api/v1/`, as an OpenAPI document. */
export const openApiText = (): string => `${JSON.stringify(openApiOf(declarations().routes, VERSION), null, 1)}\n`;

// `node dist/scripts/openapi.js` writes it
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(OPENAPI_FILE, openApiText());
