import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { Eye } from './answering-pictures/answered.js';
import { drawRegion } from './answering-pictures/region.js';
import { drawStrip } from './answering-pictures/strip.js';
import { drawTracks } from './answering-pictures/tracks.js';

// `node dist/scripts/answering-pictures.js [FOLDER]` makes the pictures of docs/answering.md, into docs/ unless told
// otherwise: the engine at work on a simulated road, which is always the same
const QUIET = 'sim://road?seed=4&traffic=light';
const BUSY = 'sim://road?seed=9&traffic=mixed';
const MAX_BYTES = 150_000;

const folder = process.argv[2] ?? join(PROJECT_ROOT, 'docs');
const eye = await Eye.open();
const pictures = {
  'answering-tracks.jpg': await drawTracks(BUSY, eye),
  'answering-region.jpg': await drawRegion(BUSY, eye),
  'answering-strip.svg': await drawStrip(QUIET, eye),
};
for (const [name, content] of Object.entries(pictures)) {
  if (content.length > MAX_BYTES) throw new Error(`${name} has ${content.length} bytes, more than ${MAX_BYTES}`);
  writeFileSync(join(folder, name), content);
}
