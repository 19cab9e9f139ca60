import { parseArgs } from 'node:util';
import { Eye } from '../scripts/answering-pictures/answered.js';
import { OFFENCES } from '../src/frame/offence.js';
import { count } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { noScores, type Score } from './rules/verdicts.js';
import { watchRoad } from './rules/watched-road.js';

const USAGE = `npm run -s bench -- rules [--seconds 210] [--roads 4] [--quick]

Who breaks the rules of simulated roads, by the program as it comes, against the truth: precision, recall and delay by offence, in four
scenes. The rival is a script on the boxes of every frame: centres in polygons and over lines. --quick: two scenes, one road each.
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
const LEAST = 0.95;

/** Infractions told by the whole way from picture to event, against what was done. */
export async function run(args: string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '210' },
      roads: { type: 'string', default: '4' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  const seconds = values.quick ? 120 : count('seconds', values.seconds, 30);
  const roads = values.quick ? 1 : count('roads', values.roads, 1);
  const scenes = values.quick ? SCENES.slice(0, 2) : SCENES;
  const eye = await Eye.open();
  const all = { ours: noScores(), naive: noScores() };
  const byScene: Row[] = [];
  let inferred = 0;
  let frames = 0;
  for (const [at, { scene, options }] of scenes.entries()) {
    const scores = { ours: noScores(), naive: noScores() };
    for (let i = 0; i < roads; i++) {
      const seed = FIRST_SEED + at * 100 + i;
      const watched = await watchRoad(
        `sim://road?seed=${seed}&fps=${FPS}&${options}&${OFFENDERS}`,
        seconds,
        eye,
        scores,
      );
      inferred += watched.inferred;
      frames += watched.frames;
    }
    for (const offence of OFFENCES) {
      byScene.push(rowOf(scene, offence, scores.ours[offence], scores.naive[offence]));
      add(all.ours[offence], scores.ours[offence]);
      add(all.naive[offence], scores.naive[offence]);
    }
  }
  const rows = OFFENCES.map((offence) => rowOf('all scenes', offence, all.ours[offence], all.naive[offence]));
  return {
    name: 'rules',
    rows: [...rows, ...byScene],
    goals: OFFENCES.flatMap((offence) => {
      const figures = { precision: precision(all.ours[offence]), recall: recall(all.ours[offence]) };
      return Object.entries(figures).map(([name, value]) => ({
        name: `${offence}: ${name}`,
        value,
        goal: `>= ${LEAST}`,
        met: value === null ? null : value >= LEAST,
      }));
    }),
    notes: [
      `${frames} frames, ${Math.round((100 * inferred) / frames)} % of them inferred for the program, all for the rival`,
      'acts so near to a limit of their rule, or so hidden, that both verdicts are right are judged neither way',
    ],
  };
}

function rowOf(scene: string, offence: string, ours: Score, naive: Score): Row {
  return {
    scene,
    offence,
    acts: ours.right + ours.missed,
    precision: precision(ours),
    recall: recall(ours),
    delayS: ours.delays.length === 0 ? null : round(median(ours.delays)),
    naivePrecision: precision(naive),
    naiveRecall: recall(naive),
  };
}

function add(sum: Score, { right, wrong, missed, delays }: Score): void {
  sum.right += right;
  sum.wrong += wrong;
  sum.missed += missed;
  sum.delays.push(...delays);
}

const precision = ({ right, wrong }: Score) => (right + wrong === 0 ? null : round(right / (right + wrong)));
const recall = ({ right, missed }: Score) => (right + missed === 0 ? null : round(right / (right + missed)));
