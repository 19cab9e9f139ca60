import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { CURVES } from './schedule/curves.js';
import { ARMS, type Arm, type QuietRun } from './tenants/arms.js';
import { deviceRun, Film } from './tenants/device.js';
import { type SimulatedCase, simulatedRun } from './tenants/simulated.js';

const USAGE = `npm run -s bench -- tenants [--seconds 15] [--rounds 5] [--seed 1] [--quick] [--simulated]

A quiet tenant beside one that has ten times its cameras, floods of events and a full outbox: p95 of its latency and how many of
its frames are answered, with fair turns, against the quiet one alone and against first come, first served; the three take turns
in each round. In simulated time through the dispatcher that serves real workers (--simulated: that alone), and with the whole
engine on this machine.
`;

/** Asking for 1.1 to 3.3 times of what can be inferred. */
const CASES: readonly SimulatedCase[] = [
  { name: 'one CPU, 12 /s', workers: [CURVES.cpu], cameras: 2, perS: 6, maxBatch: 1, budgetMs: 1000 },
  { name: 'one CPU, 36 /s', workers: [CURVES.cpu], cameras: 2, perS: 18, maxBatch: 1, budgetMs: 1000 },
  { name: 'two CPUs, 50 /s', workers: [CURVES.cpu, CURVES.cpu], cameras: 2, perS: 25, maxBatch: 1, budgetMs: 1000 },
  { name: 'H100 in batches, 150 /s', workers: [CURVES.h100], cameras: 6, perS: 25, maxBatch: 8, budgetMs: 1000 },
];

/** What a tenant notices of its neighbour. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seconds, rounds, seed, simulated } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 1, usual: 15, quick: 5 }),
    rounds: wholeNumber({ least: 1, usual: 5, quick: 2 }),
    seed: wholeNumber({ least: 0, usual: 1 }),
    quick: flag,
    simulated: flag,
  });
  const parts: Part[] = [];
  for (const one of CASES) {
    const runs = await alternating(rounds, async (arm, index) => simulatedRun(one, arm, 2 * seconds, seed + index));
    parts.push(judge(`simulated, ${one.name}`, runs));
  }
  if (!simulated) {
    const scratch = mkdtempSync(join(tmpdir(), 'edge-bench-tenants-'));
    try {
      const film = new Film(seed);
      parts.push(
        judge('engine on this machine', await alternating(rounds, (arm) => deviceRun(arm, film, scratch, seconds))),
      );
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  return {
    name: 'tenants',
    rows: parts.flatMap(({ rows }) => rows),
    goals: parts.flatMap(({ goals }) => goals),
    notes: [
      'a picture that a worker has begun is not interrupted: beside a busy neighbour an inference waits for what is left of it',
      'in simulated time every frame is inferred; the engine answers most without, which its p95 is mostly made of',
    ],
  };
}

type Runs = Readonly<Record<Arm, readonly QuietRun[]>>;

interface Part {
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}

/** Each arm once a round, beginning with another one each time. */
async function alternating(rounds: number, once: (arm: Arm, round: number) => Promise<QuietRun>): Promise<Runs> {
  const runs: Record<Arm, QuietRun[]> = { alone: [], fair: [], fifo: [] };
  for (let index = 0; index < rounds; index++) {
    for (let turn = 0; turn < ARMS.length; turn++) {
      const arm = ARMS[(index + turn) % ARMS.length]!;
      runs[arm].push(await once(arm, index));
    }
  }
  return runs;
}

/** Ratios are of the same round; their medians are told. */
function judge(name: string, runs: Runs): Part {
  const of = (arm: Arm, read: (run: QuietRun) => number): number[] => runs[arm].map(read);
  const beside = (arm: Arm, read: (run: QuietRun) => number): number[] =>
    runs[arm].map((run, index) => read(run) / read(runs.alone[index]!));
  const less = (arm: Arm, read: (run: QuietRun) => number): number[] =>
    runs[arm].map((run, index) => read(run) - read(runs.alone[index]!));
  const p95 = ({ p95Ms }: QuietRun): number => p95Ms;
  const answered = (run: QuietRun): number => run.answered;
  const without = ({ withoutInference }: QuietRun): number => withoutInference ?? Number.NaN;
  const rows = ARMS.map((arm) => ({
    case: name,
    arm,
    p95Ms: round(median(of(arm, p95))),
    p95Ratio: round(median(beside(arm, p95))),
    p95RatioSpread: round(spread(beside(arm, p95))),
    inferredP95Ms: round(median(of(arm, ({ inferredP95Ms }) => inferredP95Ms))),
    answeredShare: round(median(of(arm, answered))),
    withoutInference: runs.alone[0]!.withoutInference === null ? null : round(median(of(arm, without))),
    noisyPerS: round(median(of(arm, ({ noisyPerS }) => noisyPerS))),
  }));
  const ratio = round(median(beside('fair', p95)));
  const change = round(median(less('fair', answered)));
  const goals: Goal[] = [
    { name: `${name}: p95 of the quiet one, by that alone`, value: ratio, goal: '<= 1.1', met: ratio <= 1.1 },
    {
      name: `${name}: change of its answered share`,
      value: change,
      goal: 'within 0.01',
      met: Math.abs(change) <= 0.01,
    },
  ];
  if (runs.alone[0]!.withoutInference !== null) {
    const moved = round(median(less('fair', without)));
    goals.push({
      name: `${name}: change of its share answered without inference`,
      value: moved,
      goal: 'within 0.01',
      met: Math.abs(moved) <= 0.01,
    });
  }
  return { rows, goals };
}

/** Largest less smallest, by the median. */
function spread(numbers: readonly number[]): number {
  return (Math.max(...numbers) - Math.min(...numbers)) / median(numbers);
}
