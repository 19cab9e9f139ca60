import { join } from 'node:path';
import { OFFENCES, type Offence } from '../src/frame/offence.js';
import { inChildren } from './harness/child-pool.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round, shareWithin } from './harness/statistics.js';
import type { RoadOrder, RoadOutcome } from './rules/road-child.js';
import { noScores, type Score } from './rules/verdicts.js';
import type { Contender } from './rules/watched-road.js';

const USAGE = `npm run -s bench -- rules [--seconds 210] [--roads 8] [--seed 4100] [--quick]

Who breaks the rules of simulated roads, by the program as it comes, against the truth: precision, recall and delay by offence, in four
scenes, each on so many roads from that seed on. The rival is a script on the boxes of every frame: centres in polygons and over lines.
A process per core. --quick: two roads a scene.
`;

const FPS = 8;
const OFFENDERS = 'wrongWay=1.5&stopping=2&uTurns=1.5&lorries=0.15&redRunners=0.4';
const SCENES = [
  { scene: 'day', options: 'traffic=mixed' },
  { scene: 'night', options: 'traffic=mixed&night=1' },
  { scene: 'rain', options: 'traffic=mixed&rain=0.6' },
  { scene: 'busy', options: 'traffic=rush' },
];
const FIRST_SEED = 4100;
/** Seeds from one scene to the next. */
const SEEDS_APART = 100;
const LEAST = 0.95;
const CHILD = join(import.meta.dirname, 'rules/road-child.js');

type Scores = Record<Contender, Record<Offence, Score>>;

/** Infractions told by the whole way from picture to event, against what was done. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seconds, roads, seed } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 30, usual: 210 }),
    roads: wholeNumber({ least: 1, usual: 8, quick: 2 }),
    seed: wholeNumber({ least: 0, usual: FIRST_SEED }),
    quick: flag,
  });
  const orders = SCENES.flatMap(({ scene, options }, at) =>
    Array.from({ length: roads }, (_, i) => ({
      scene,
      url: `sim://road?seed=${seed + at * SEEDS_APART + i}&fps=${FPS}&${options}&${OFFENDERS}`,
      seconds,
    })),
  );
  const outcomes = await inChildren<RoadOrder, RoadOutcome>(
    CHILD,
    orders,
    ({ url }) => url,
    (done) => process.stderr.write(`${done} of ${orders.length} roads\n`),
  );
  const rowsOf = (scene: string, isOf: (one: string) => boolean): Row[] => {
    const scores = sum(outcomes.filter((_, i) => isOf(orders[i]!.scene)));
    return OFFENCES.map((offence) => rowOf(scene, offence, scores.ours[offence], scores.naive[offence]));
  };
  const all = sum(outcomes).ours;
  const frames = outcomes.reduce((total, one) => total + one.frames, 0);
  const inferred = outcomes.reduce((total, one) => total + one.inferred, 0);
  return {
    name: 'rules',
    rows: [
      ...rowsOf('all scenes', () => true),
      ...SCENES.flatMap(({ scene }) => rowsOf(scene, (one) => one === scene)),
    ],
    goals: OFFENCES.flatMap((offence) => {
      const figures = { precision: precision(all[offence]), recall: recall(all[offence]) };
      return Object.entries(figures).map(([name, value]) => ({
        name: `${offence}: ${name}`,
        value,
        goal: `>= ${LEAST}`,
        met: value === null ? null : value >= LEAST,
      }));
    }),
    notes: [
      `${frames} frames, ${Math.round((100 * inferred) / frames)} % of them inferred for the program, all for the rival`,
      'judged neither way: acts near a limit of their rule (`limit`), and of vehicles that were not seen well while their rule needed it (`unclear`; `unclearTold` of these were told)',
      '`precision95`, `recall95`: where the share lies with a probability of 95 % (Wilson); `undetected`: of the missed, vehicles that the detector does not find in most of the frames that their rule needs',
    ],
  };
}

function rowOf(scene: string, offence: string, ours: Score, naive: Score): Row {
  return {
    scene,
    offence,
    acts: ours.right + ours.missed,
    limit: ours.limit,
    unclear: ours.unclear,
    unclearTold: ours.unclearTold,
    precision: precision(ours),
    precision95: within(ours.right, ours.right + ours.wrong),
    recall: recall(ours),
    missed: ours.missed,
    undetected: ours.undetected,
    recall95: within(ours.right, ours.right + ours.missed),
    delayS: ours.delays.length === 0 ? null : round(median(ours.delays)),
    naivePrecision: precision(naive),
    naiveRecall: recall(naive),
  };
}

function sum(outcomes: readonly { readonly scores: Scores }[]): Scores {
  const all = { ours: noScores(), naive: noScores() };
  for (const { scores } of outcomes) {
    for (const contender of ['ours', 'naive'] as const) {
      for (const offence of OFFENCES) add(all[contender][offence], scores[contender][offence]);
    }
  }
  return all;
}

function add(total: Score, { delays, ...counts }: Score): void {
  for (const [name, value] of Object.entries(counts)) total[name as keyof typeof counts] += value;
  total.delays.push(...delays);
}

function within(hits: number, cases: number): string | null {
  const bounds = shareWithin(hits, cases);
  return bounds === null ? null : `${bounds[0].toFixed(2)} to ${bounds[1].toFixed(2)}`;
}

const precision = ({ right, wrong }: Score) => (right + wrong === 0 ? null : round(right / (right + wrong)));
const recall = ({ right, missed }: Score) => (right + missed === 0 ? null : round(right / (right + missed)));
