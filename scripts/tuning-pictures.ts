import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCase } from '../bench/control/case-process.js';
import { caseChart } from '../bench/control/chart.js';
import { readPlant } from '../bench/control/plant-file.js';
import { readTrace } from '../bench/control/trace-file.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';

// `node dist/scripts/tuning-pictures.js [FOLDER]` makes the pictures of docs/tuning.md, into docs/ unless told otherwise: three
// traces of `bench -- control` under a made-up week's traffic, which are always the same
const PICTURES = {
  'tuning-heat.svg': ['pi-4b', 'heat-wave'],
  'tuning-day.svg': ['pi-3b-closed', 'weekday'],
  'tuning-slow-variant.svg': ['pi-5', 'variant-slower'],
} as const;
const MAX_BYTES = 120_000;

const folder = process.argv[2] ?? join(PROJECT_ROOT, 'docs');
const file = (kind: string, name: string) => join(PROJECT_ROOT, 'bench/control', kind, `${name}.json`);
for (const [name, [board, trace]] of Object.entries(PICTURES)) {
  const plant = readPlant(file('plants', board));
  const outcome = runCase({ plant, trace: readTrace(file('traces', trace)), seed: 1, isAlone: false, isDrawn: true });
  const svg = caseChart(outcome, plant);
  if (svg.length > MAX_BYTES) throw new Error(`${name} has ${svg.length} bytes, more than ${MAX_BYTES}`);
  writeFileSync(join(folder, name), svg);
}
