import { quantile } from '../src/foundation/statistics.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { round } from './harness/statistics.js';
import { CURVES, type Curve, capacityPerS, sizesOf, takesMs } from './schedule/curves.js';
import { emulate, type Outcome, type Scenario } from './schedule/emulation.js';
import { cpuPool, emulatedPool, type RealOutcome, runReal } from './schedule/real-run.js';
import { fixedBatch, leastInFlight, roundRobin, upToBatch } from './schedule/rivals.js';

const USAGE = `npm run -s bench -- schedule [--seconds 10] [--real-seconds 8] [--seed 1] [--quick]

Cameras before accelerators that are not there: workers that take as long for a batch as was measured or published. In
simulated time, through the dispatcher that serves real ones, against fixed batches, round robin and the least busy worker with
the same arrivals; and, shorter, as real processes that speak the worker protocol, beside a real worker on this processor.
`;

interface Lengths {
  readonly seconds: number;
  readonly realSeconds: number;
  readonly seed: number;
}

const LARGEST = 32;
const COMMON = { arrivals: 'even', budgetMs: 200, maxBatch: LARGEST, windowMs: 10 } as const;
const GAINING = [CURVES.h100, CURVES.triton, CURVES.b200];
const LOADS = [0.02, 0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2];
const ARRIVALS = ['even', 'together', 'random'] as const;
const SLOW_CPU: Curve = { ...CURVES.cpu, name: 'CPU, 60 ms a picture', points: [[1, 60]], largest: 1 };
const MIXTURES: Readonly<Record<string, readonly Curve[]>> = {
  'H100 + Hailo-8 + CPU': [CURVES.h100, CURVES.hailo8, CURVES.cpu],
  'Orin Nano + 2 CPU': [CURVES.orinNano, CURVES.cpu, CURVES.cpu],
  'Triton GPU + 2 CPU': [CURVES.triton, CURVES.cpu, CURVES.cpu],
  'Hailo-8 + slow CPU': [CURVES.hailo8, SLOW_CPU],
};

/** Batches and balancing on emulated accelerators and real workers. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    'real-seconds': realSeconds,
    seconds,
    seed,
  } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 1, usual: 10, quick: 3 }),
    'real-seconds': wholeNumber({ least: 1, usual: 8, quick: 3 }),
    seed: wholeNumber({ least: 0, usual: 1 }),
    quick: flag,
  });
  const lengths = { seconds, realSeconds, seed };
  const parts = [...GAINING.map((curve) => gain(curve, lengths)), sweep(lengths), mixtures(lengths), overload(lengths)];
  parts.push(await real(lengths));
  return {
    name: 'schedule',
    rows: parts.flatMap(({ rows }) => rows),
    goals: parts.flatMap(({ goals }) => goals),
    notes: [
      'rows that begin with "real" went through processes; all others are simulated time through the same dispatcher',
      ...GAINING.map(
        (curve) => `${curve.name}: ${curve.source}; at most ${round(boundOf(curve))} × batch 1 whatever the batch`,
      ),
    ],
  };
}

interface Part {
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}

/** Pictures per second of the best batch by those of batch 1. */
const boundOf = (curve: Curve): number => (capacityPerS(curve) * takesMs(curve, 1)) / 1000;
const p95 = ({ ages }: Outcome): number => quantile(ages, 0.95) ?? Number.NaN;
const shown = (value: number): number => Math.round(value * 10) / 10;

/** Eight cameras at 25 frames/s, and eight that bring twice what can be answered. */
function gain(curve: Curve, { seconds, seed }: Lengths): Part {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  const saturating = (2 * capacityPerS(curve)) / 8;
  for (const [load, framesPerS] of [
    ['8 × 25', 25],
    ['saturated', saturating],
  ] as const) {
    const scenario: Scenario = { ...COMMON, workers: [curve], cameras: 8, framesPerS, seconds, seed };
    const [ours, alone] = [emulate(scenario), emulate({ ...scenario, choice: upToBatch(1) })];
    const ratio = ours.answeredPerS / alone.answeredPerS;
    rows.push({
      part: 'gain',
      case: curve.name,
      load,
      rival: 'batch 1',
      perS: shown(ours.answeredPerS),
      rivalPerS: shown(alone.answeredPerS),
      ratio: round(ratio),
      p95Ms: shown(p95(ours)),
      rivalP95Ms: shown(p95(alone)),
    });
    if (load === 'saturated') {
      goals.push({
        name: `${curve.name}, saturated: × batch 1`,
        value: round(ratio),
        goal: '>= 3.5',
        met: ratio >= 3.5,
      });
    }
    const share = p95(ours) / p95(alone);
    goals.push({
      name: `${curve.name}, ${load}: p95 by that of batch 1`,
      value: round(share),
      goal: '<= 1.02',
      met: share <= 1.02,
    });
  }
  return { rows, goals };
}

/** From idle to twice overload: against every fixed batch, with and without waiting for it to fill. */
function sweep({ seconds, seed }: Lengths): Part {
  const rows: Row[] = [];
  let worst = Number.POSITIVE_INFINITY;
  for (const curve of [...GAINING, CURVES.cpu]) {
    for (const arrivals of ARRIVALS) {
      for (const load of LOADS) {
        const cameras = Math.max(1, Math.round((load * capacityPerS(curve)) / 25));
        if (cameras > 200) continue;
        const scenario: Scenario = { ...COMMON, workers: [curve], cameras, framesPerS: 25, arrivals, seconds, seed };
        const ours = emulate(scenario);
        const rivals = sizesOf(curve).flatMap((size) => [
          { name: `up to ${size}`, outcome: emulate({ ...scenario, choice: upToBatch(size) }) },
          ...(size === 1
            ? []
            : [{ name: `fixed ${size}`, outcome: emulate({ ...scenario, choice: fixedBatch(size) }) }]),
        ]);
        const best = rivals.reduce((one, other) => (other.outcome.inTimePerS > one.outcome.inTimePerS ? other : one));
        // of those that answer as much, the quickest
        const equals = rivals.filter(({ outcome }) => outcome.inTimePerS >= 0.99 * best.outcome.inTimePerS);
        const quickest = Math.min(...equals.map(({ outcome }) => p95(outcome)));
        const ratio = ours.inTimePerS / best.outcome.inTimePerS;
        worst = Math.min(worst, ratio);
        rows.push({
          part: 'sweep',
          case: `${curve.name}, ${arrivals}`,
          load: `${load}`,
          rival: best.name,
          perS: shown(ours.inTimePerS),
          rivalPerS: shown(best.outcome.inTimePerS),
          ratio: round(ratio),
          p95Ms: shown(p95(ours)),
          rivalP95Ms: shown(quickest),
        });
      }
    }
  }
  const goal = { name: 'answers in time, by the best fixed batch at that load, worst', value: round(worst) };
  return { rows, goals: [{ ...goal, goal: '>= 0.97', met: worst >= 0.97 }] };
}

/** Workers of different kinds, at half, nearly all and twice of what they can do together. */
function mixtures({ seconds, seed }: Lengths): Part {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const [name, workers] of Object.entries(MIXTURES)) {
    const capacity = workers.reduce((sum, curve) => sum + capacityPerS(curve), 0);
    for (const load of [0.5, 0.9, 2]) {
      const cameras = Math.round((load * capacity) / 25);
      const budgetMs = load === 2 ? 300 : 100;
      const scenario: Scenario = { ...COMMON, workers, cameras, framesPerS: 25, budgetMs, seconds, seed };
      const ours = emulate(scenario);
      const rivals = [
        { name: 'round robin', outcome: emulate({ ...scenario, balance: roundRobin() }) },
        { name: 'least in flight', outcome: emulate({ ...scenario, balance: leastInFlight }) },
      ];
      for (const { name: rival, outcome } of rivals) {
        rows.push({
          part: 'pools',
          case: name,
          load: `${load}`,
          rival,
          perS: shown(ours.inTimePerS),
          rivalPerS: shown(outcome.inTimePerS),
          ratio: round(ours.inTimePerS / outcome.inTimePerS),
          p95Ms: shown(p95(ours)),
          rivalP95Ms: shown(p95(outcome)),
        });
      }
      if (load !== 2) continue;
      const share = ours.inTimePerS / capacity;
      goals.push({
        name: `${name}: of the sum of capacities`,
        value: round(share),
        goal: '>= 0.95',
        met: share >= 0.95,
      });
    }
  }
  const least = Math.min(...rows.map(({ ratio }) => ratio as number));
  goals.push({
    name: 'pools: answers in time by the rival with fewest of them less, worst',
    value: least,
    goal: '>= 0.99',
    met: least >= 0.99,
  });
  return { rows, goals };
}

/** Twice of what can be answered, with a tight budget: how old are answers, and is every frame accounted for? */
function overload({ seconds, seed }: Lengths): Part {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  for (const curve of [...GAINING.slice(0, 2), CURVES.cpu]) {
    for (const budgetMs of [100, 200, 1000]) {
      const cameras = Math.round((2 * capacityPerS(curve)) / 25);
      const outcome = emulate({ ...COMMON, workers: [curve], cameras, framesPerS: 25, budgetMs, seconds, seed });
      const p99 = quantile(outcome.ages, 0.99) ?? Number.NaN;
      const dropped = Object.values(outcome.dropped).reduce((sum, one) => sum + one, 0);
      const unaccounted = outcome.captured - outcome.answered - dropped - outcome.underway;
      rows.push({
        part: 'overload',
        case: curve.name,
        load: `2, budget ${budgetMs} ms`,
        rival: '',
        perS: shown(outcome.inTimePerS),
        rivalPerS: shown(capacityPerS(curve)),
        ratio: round(outcome.inTimePerS / capacityPerS(curve)),
        p95Ms: shown(p95(outcome)),
        rivalP95Ms: null,
      });
      const what = `${curve.name}, budget ${budgetMs} ms`;
      goals.push({ name: `${what}: p99 age ms`, value: shown(p99), goal: `<= ${budgetMs}`, met: p99 <= budgetMs });
      goals.push({ name: `${what}: frames unaccounted for`, value: unaccounted, goal: '0', met: unaccounted === 0 });
    }
  }
  return { rows, goals };
}

/** The same through processes, as much of it as a small machine carries. */
async function real({ realSeconds: seconds }: Lengths): Promise<Part> {
  const rows: Row[] = [];
  const goals: Goal[] = [];
  const compare = (name: string, load: string, rival: string, ours: RealOutcome, other: RealOutcome): void => {
    rows.push({
      part: 'real',
      case: name,
      load,
      rival,
      perS: shown(ours.answeredPerS),
      rivalPerS: shown(other.answeredPerS),
      ratio: round(ours.answeredPerS / other.answeredPerS),
      p95Ms: shown(ours.p95Ms),
      rivalP95Ms: shown(other.p95Ms),
    });
    goals.push({
      name: `real, ${name}: frames unaccounted for`,
      value: ours.unaccounted,
      goal: '0',
      met: ours.unaccounted === 0,
    });
  };
  const many = { cameras: 8, framesPerS: 25, seconds, budgetMs: 500 };
  const ours = await runReal([await emulatedPool('triton', 8)], many);
  compare(CURVES.triton.name, '8 × 25', 'batch 1', ours, await runReal([await emulatedPool('triton', 1)], many));
  const mixed = [await emulatedPool('triton', 8), await emulatedPool('cpu', 1)];
  compare('Triton GPU + CPU', '8 × 25', 'the GPU alone', await runReal(mixed, many), ours);
  const few = { cameras: 2, framesPerS: 8, seconds, budgetMs: 1000 };
  const [batched, single] = [await runReal([await cpuPool(4)], few), await runReal([await cpuPool(1)], few)];
  compare('roadside-n on this processor', '2 × 8', 'batch 1', batched, single);
  goals.push({
    name: 'real, roadside-n on this processor: pictures in a batch, mean',
    value: round(batched.batch),
    goal: '<= 1.2',
    met: batched.batch <= 1.2,
  });
  return { rows, goals };
}
