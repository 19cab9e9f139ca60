import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { runCases } from './control/case-pool.js';
import { caseChart } from './control/chart.js';
import { fitPlants } from './control/fit/fit-plants.js';
import { goalsOf } from './control/goals.js';
import { filesIn } from './control/json-file.js';
import type { CaseOutcome } from './control/outcome.js';
import { type PlantDescription, readPlant } from './control/plant-file.js';
import { caseRow, contenderRows } from './control/rows.js';
import { readTrace, type TraceDescription } from './control/trace-file.js';
import { count, OptionError } from './harness/options.js';
import type { BenchReport } from './harness/report.js';

const OWN = join(PROJECT_ROOT, 'bench/control');

/** Not a divisor of the number of traces, so that boards and traces mix. */
const QUICK_EVERY = 7;

const USAGE = `npm run -s bench -- control [--plants DIR] [--traces DIR] [--traffic DIR] [--only WORD,...] [--seed 1] [--seeds 1] [--quick] [--alone] [--chart FILE|DIR]
       npm run -s bench -- control --fit DIR [--plants DIR]

The controller on simulated boards through what may happen to them, beside a fixed setting known in hindsight, the smallest
one, steps at thresholds, the board's own throttling, and an oracle that knows the whole trace.

  --plants DIR   boards, a JSON file each (default: bench/control/plants)
  --traces DIR   what happens to them, a JSON or CSV file each (default: bench/control/traces)
  --traffic DIR  recorded counts of roads that traces name; without it made-up weeks stand for them
  --only WORDS   only boards and traces whose name holds one of the words; board/trace for both
  --seed N       of noise and jitter; --seeds N: so many in turn
  --quick        one case in seven
  --alone        the controller without trials around it
  --chart FILE   the first case as SVG; of a folder: each case
  --fit DIR      no run: fit the heat of the boards anew to recorded series, and write it into their files

docs/control-benchmark.md tells of both formats and of every figure.
`;

/** How the controller does on boards that are simulated. */
export async function run(args: string[], folder: string): Promise<BenchReport> {
  const { values } = parseArgs({
    args,
    options: {
      plants: { type: 'string', default: join(OWN, 'plants') },
      traces: { type: 'string', default: join(OWN, 'traces') },
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      fit: { type: 'string' },
      chart: { type: 'string' },
      alone: { type: 'boolean', default: false },
      traffic: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  const plantFiles = filesIn('plants', values.plants, ['.json']);
  if (values.fit !== undefined) return { name: 'control', rows: fitPlants(plantFiles, values.fit), goals: [] };
  const seed = count('seed', values.seed, 0);
  const seeds = count('seeds', values.seeds, 1);
  const plants = plantFiles.map(readPlant);
  const traces = filesIn('traces', values.traces, ['.json', '.csv']).map((file) =>
    readTrace(file, values.traffic ?? null),
  );
  const pairs = chosen(plants, traces, values.only, values.quick);
  const isDrawn = values.chart !== undefined;
  const orders = Array.from({ length: seeds }, (_, i) =>
    pairs.map((pair) => ({ ...pair, seed: seed + i, isAlone: values.alone, isDrawn })),
  ).flat();
  const cases = await runCases(orders, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${orders.length} cases`);
  });
  if (values.chart !== undefined) draw(values.chart, cases, plants);
  writeFileSync(join(folder, 'cases.json'), `${JSON.stringify(cases, withoutSeries, 1)}\n`);
  return {
    name: 'control',
    rows: [...cases.map(caseRow), ...contenderRows(cases)],
    goals: goalsOf(cases),
    notes: [
      `${pairs.length} cases of ${plants.length} boards and ${traces.length} traces, ${seeds} seed${seeds === 1 ? '' : 's'}.`,
    ],
  };
}

/** One picture into a file, or one per case into a folder. */
function draw(to: string, cases: readonly CaseOutcome[], plants: readonly PlantDescription[]): void {
  const isFile = to.endsWith('.svg');
  mkdirSync(isFile ? dirname(to) : to, { recursive: true });
  for (const one of isFile ? cases.slice(0, 1) : cases) {
    const plant = plants.find(({ name }) => name === one.plant)!;
    writeFileSync(isFile ? to : join(to, `${one.plant}-${one.trace}-${one.seed}.svg`), caseChart(one, plant));
  }
}

interface Pair {
  readonly plant: PlantDescription;
  readonly trace: TraceDescription;
}

/** @throws OptionError where no case is left */
function chosen(
  plants: readonly PlantDescription[],
  traces: readonly TraceDescription[],
  only: string | undefined,
  isQuick: boolean,
): Pair[] {
  const all = plants.flatMap((plant) =>
    traces.filter(({ boards }) => boards?.includes(plant.name) ?? true).map((trace) => ({ plant, trace })),
  );
  const words = only?.split(',').map((word) => word.trim()) ?? [''];
  const named = all.filter(({ plant, trace }) => words.some((word) => `${plant.name}/${trace.name}`.includes(word)));
  if (named.length === 0) {
    const names = [...plants, ...traces].map(({ name }) => name).join(', ');
    throw new OptionError(`--only: expected words of ${names}, or board/trace, got ${only}`);
  }
  return isQuick ? named.filter((_, i) => i % QUICK_EVERY === 0) : named;
}

/** Long lists of numbers stay out of the file. */
const withoutSeries = (key: string, value: unknown): unknown =>
  ['decisionMs', 'points', 'timeline', 'switches'].includes(key) ? undefined : value;
