import { answeredFrames, Eye } from '../scripts/answering-pictures/answered.js';
import { Agreement, addTally, agreementScores, emptyTally, f1 } from '../src/answer/audit/agreement.js';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { type Detections, STRIDE } from '../src/frame/detections.js';
import type { Frame } from '../src/frame/frame.js';
import { OwnedFrame } from '../src/frame/owned-frame.js';
import { rgbFrame } from '../src/frame/rgb-frame.js';
import { flag, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { type ClipFile, findClips } from './kpi/filmed-clips.js';
import { ColourDistance } from './path/colours.js';
import { framesOfFfmpeg, framesOfProgram } from './path/frames.js';

const USAGE = `npm run -s bench -- path [--clips DIR] [--frames 300] [--quick]

Whether frames that stay as the camera made them (I420) are answered as those that ffmpeg converts to RGB: colours, boxes of
every frame, and the answers with the least inference, on filmed clips. --quick: 60 frames of each.
`;

/** F1 of the boxes by one way against those by the other that is good enough. */
const LEAST_F1 = 0.995;
/** Pictures whose colours are compared: one in so many. */
const COMPARED_EVERY = 10;

/** One row a clip. */
export async function run(args: string[]): Promise<BenchReport> {
  const { frames, clips } = readOptions(args, USAGE, {
    clips: place('../shared/clips'),
    frames: wholeNumber({ least: 1, usual: 300, quick: 60 }),
    quick: flag,
  });
  const notes: string[] = [];
  const { path } = await findFfmpeg({ env: process.env });
  const eye = await Eye.open();
  const rows = [];
  for (const clip of findClips(path, clips, notes)) rows.push(await rowOf(clip, frames, eye));
  notes.push(`${frames} frames of each clip at most; boxes of roadside-n`);
  return {
    name: 'path',
    rows,
    goals: [
      ...rows.map(({ clip, boxesF1 }) => ({
        name: `${clip}: boxes, F1 against those by ffmpeg's RGB`,
        value: boxesF1,
        goal: `>= ${LEAST_F1}`,
        met: boxesF1 >= LEAST_F1,
      })),
      ...medianGoal(rows),
    ],
    notes,
  };
}

type ClipRow = Awaited<ReturnType<typeof rowOf>>;

/** The answers are other ones by either way, for what is inferred is decided anew; they must not be worse. */
function medianGoal(rows: readonly ClipRow[]) {
  if (rows.length === 0) return [];
  const value = round(median(rows.map(({ f1: own, f1Rgb }) => own - f1Rgb)));
  return [
    { name: "F1 of the answers, above those by ffmpeg's RGB, median", value, goal: '>= -0.005', met: value >= -0.005 },
  ];
}

/** A film answered in one way. */
interface Watched {
  /** Of every frame, inferred. */
  readonly boxes: readonly Detections[];
  readonly sceneMs: readonly number[];
  /** Share answered without inference, and their F1 against inferences. */
  readonly without: number;
  readonly f1: number;
}

async function rowOf({ name, path }: ClipFile, most: number, eye: Eye) {
  const ours = await watch(framesOfProgram(path, most), eye);
  const first = await firstOf(path);
  const rgb = await watch(framesOfFfmpeg(path, first, ours.sceneMs), eye);
  const distance = await colours(path, first, ours.sceneMs);
  return {
    clip: name,
    size: `${first.width}x${first.height}`,
    frames: ours.boxes.length,
    within1: round(distance.within(1)),
    within2: round(distance.within(2)),
    meanLevels: round(distance.mean),
    boxesF1: round(agreementOf(rgb.boxes, ours.boxes, eye.thresholds)),
    without: round(ours.without),
    withoutRgb: round(rgb.without),
    f1: round(ours.f1),
    f1Rgb: round(rgb.f1),
  };
}

async function firstOf(path: string): Promise<Frame> {
  for await (const frame of framesOfProgram(path, 1)) return new OwnedFrame(frame, null);
  throw new Error(`${path} has no frame`);
}

/** Infers every frame, and answers each with the least inference. */
async function watch(frames: AsyncIterable<Frame>, eye: Eye): Promise<Watched> {
  const boxes: Detections[] = [];
  const sceneMs: number[] = [];
  async function* inferred(): AsyncGenerator<Frame> {
    for await (const frame of frames) {
      boxes.push(await eye.infer(frame));
      sceneMs.push(frame.sceneMs);
      yield frame;
    }
  }
  const known = { thresholds: eye.thresholds, infer: async () => boxes.at(-1)! };
  const agreement = agreementFor(eye.thresholds);
  const [sum, tally] = [emptyTally(), emptyTally()];
  let without = 0;
  for await (const { answer, found } of answeredFrames(inferred(), known)) {
    if (found === null) without++;
    agreement.compare(answer.detections, boxes.at(-1)!, tally);
    addTally(sum, tally);
  }
  return { boxes, sceneMs, without: without / boxes.length, f1: f1(sum) };
}

async function colours(path: string, first: Frame, sceneMs: readonly number[]): Promise<ColourDistance> {
  const distance = new ColourDistance();
  const others = framesOfFfmpeg(path, first, sceneMs);
  let index = 0;
  for await (const frame of framesOfProgram(path, sceneMs.length)) {
    const other = (await others.next()).value as Frame | undefined;
    if (other === undefined) break;
    // the frame stays its giver's
    if (index++ % COMPARED_EVERY === 0) distance.add(rgbFrame(new OwnedFrame(frame, null)).data, other.data);
  }
  await others.return(undefined);
  return distance;
}

const agreementFor = (thresholds: readonly number[]): Agreement =>
  new Agreement(agreementScores(Math.min(...thresholds)));

/** F1 of all boxes by one way, those that are reported, against all by the other. */
function agreementOf(boxes: readonly Detections[], by: readonly Detections[], thresholds: readonly number[]): number {
  const agreement = agreementFor(thresholds);
  const [sum, tally] = [emptyTally(), emptyTally()];
  for (const [i, reference] of boxes.entries()) {
    agreement.compare(reported(by[i]!, thresholds), reference, tally);
    addTally(sum, tally);
  }
  return f1(sum);
}

function reported({ count: all, data }: Detections, thresholds: readonly number[]): Detections {
  const rows = Array.from({ length: all }, (_, row) => data.subarray(row * STRIDE, (row + 1) * STRIDE));
  const kept = rows.filter((row) => row[4]! >= thresholds[row[5]!]!);
  return { count: kept.length, data: Float32Array.from(kept.flatMap((row) => [...row])) };
}
