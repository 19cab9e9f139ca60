import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchema } from '../src/config/json-schema.js';
import { referenceMarkdown } from '../src/config/reference.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';

// `npm run docs`: writes the pages that are made from the schema of the configuration.
const pages = {
  'configuration.md': referenceMarkdown(),
  'configuration.schema.json': `${JSON.stringify(editorSchema(), null, 2)}\n`,
};

for (const [name, text] of Object.entries(pages)) {
  writeFileSync(join(PROJECT_ROOT, 'docs', name), text);
  console.log(`docs/${name}`);
}
