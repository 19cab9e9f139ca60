import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { MESSAGES, type MessageName, messageJsonSchema } from '../src/telemetry/mqtt/messages.js';

/** Where the schemas of MQTT messages are published. */
export const SCHEMA_FOLDER = join(PROJECT_ROOT, 'docs', 'mqtt');

/** Name and content of every schema file. */
export function schemaFiles(): Map<string, string> {
  const names = Object.keys(MESSAGES) as MessageName[];
  return new Map(names.map((name) => [`${name}.schema.json`, `${JSON.stringify(messageJsonSchema(name), null, 2)}\n`]));
}

// `node dist/scripts/mqtt-schemas.js` writes them
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(SCHEMA_FOLDER, { recursive: true });
  for (const [name, content] of schemaFiles()) writeFileSync(join(SCHEMA_FOLDER, name), content);
}
