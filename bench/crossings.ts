import { answered, Eye } from '../scripts/answering-pictures/answered.js';
import { VehicleNumbers } from '../src/answer/vehicle-numbers.js';
import { parseSimulatorUrl } from '../src/simulator/options.js';
import { Road } from '../src/simulator/road.js';
import { differences, ToldCrossings, TrueCrossings, total } from './crossings/gates.js';
import { inferringOnce } from './harness/answers.js';
import { readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- crossings [--seconds 170] [--roads 5]

Who crosses five lines on simulated roads, as the program comes and with every frame inferred by the same detector, against the
truth: crossings too many and too few, per line and direction. In the first row queues stand for 40 s and then drive.
`;

const SCENES = [
  { scene: 'standing queue', options: 'traffic=rush&red=45&fps=5' },
  { scene: 'rush', options: 'traffic=rush&fps=5' },
  { scene: 'mixed', options: 'traffic=mixed&fps=15' },
  { scene: 'night', options: 'traffic=night&fps=10' },
];
const FIRST_SEED = 500;
/** Differences that the program may have for each that every frame inferred has. */
const MOST_RATIO = 1.1;

/** Crossings told without inferring most frames, against those told with every frame inferred. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seconds, roads } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 1, usual: 170 }),
    roads: wholeNumber({ least: 1, usual: 5 }),
  });
  const eye = await Eye.open();
  const rows = [];
  for (const { scene, options } of SCENES) {
    const sum = { truth: 0, ours: 0, everyFrame: 0, inferred: 0, frames: 0 };
    for (let i = 0; i < roads; i++) {
      const counted = await watch(`sim://road?seed=${FIRST_SEED + i}&${options}`, seconds, eye);
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += counted[key];
    }
    const { truth, ours, everyFrame, inferred, frames } = sum;
    rows.push({
      scene,
      crossings: truth,
      oursWrong: ours,
      everyFrameWrong: everyFrame,
      ratio: round(ours / everyFrame),
      inferredShare: round(inferred / frames),
    });
  }
  return {
    name: 'crossings',
    rows,
    goals: rows.map(({ scene, ratio }) => ({
      name: `${scene}: differences to the truth, of every frame inferred`,
      value: ratio,
      goal: `<= ${MOST_RATIO}`,
      met: ratio <= MOST_RATIO,
    })),
  };
}

/** One road, watched by both; each frame is inferred once, and ours takes that only where it asks for it. */
async function watch(url: string, seconds: number, eye: Eye) {
  const road = new Road(parseSimulatorUrl(url));
  const truth = new TrueCrossings();
  const ours = new ToldCrossings();
  const everyFrame = new ToldCrossings();
  const numbers = new VehicleNumbers(eye.thresholds);
  const once = inferringOnce(eye);
  let frames = 0;
  let inferred = 0;
  for await (const { frame, answer, audited } of answered(url, seconds, once, road)) {
    frames++;
    if (audited || answer.origin === 'inferred') inferred++;
    truth.see(road, frame.seq);
    ours.see(frame, answer);
    everyFrame.see(frame, numbers.number(frame, await once.infer(frame)));
  }
  return {
    truth: total(truth.counts),
    ours: differences(truth.counts, ours.counts),
    everyFrame: differences(truth.counts, everyFrame.counts),
    inferred,
    frames,
  };
}
