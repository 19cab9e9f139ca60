import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import { flag, OptionError, optionalText, readOptions, text, wholeNumber } from './harness/options.js';
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
  const options = readOptions(args, USAGE, {
    plants: text(join(OWN, 'plants')),
    traces: text(join(OWN, 'traces')),
    traffic: optionalText,
    only: optionalText,
    seed: wholeNumber({ least: 0, usual: 1 }),
    seeds: wholeNumber({ least: 1, usual: 1 }),
    quick: flag,
    alone: flag,
    chart: optionalText,
    fit: optionalText,
  });
  const { seed, seeds, chart } = options;
  const plantFiles = filesIn('plants', options.plants, ['.json']);
  if (options.fit !== null) return { name: 'control', rows: fitPlants(plantFiles, options.fit), goals: [] };
  const plants = plantFiles.map(readPlant);
  const traces = filesIn('traces', options.traces, ['.json', '.csv']).map((file) => readTrace(file, options.traffic));
  const pairs = chosen(plants, traces, options.only, options.quick);
  const isDrawn = chart !== null;
  const orders = Array.from({ length: seeds }, (_, i) =>
    pairs.map((pair) => ({ ...pair, seed: seed + i, isAlone: options.alone, isDrawn })),
  ).flat();
  const cases = await runCases(orders, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${orders.length} cases`);
  });
  if (chart !== null) draw(chart, cases, plants);
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
  only: string | null,
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
