import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eye } from '../scripts/answering-pictures/answered.js';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { Random } from '../src/simulator/random.js';
import { leads } from './curve/budget.js';
import { curveChart } from './curve/chart.js';
import { type Contender, FAMILIES, type Family, type Point } from './curve/contender.js';
import { fixedInterval } from './curve/fixed-interval.js';
import { motionGate } from './curve/motion-gate.js';
import { ours } from './curve/ours.js';
import { replay } from './curve/replay.js';
import { atLeast } from './harness/goal.js';
import { flag, namesOf, OptionError, optionalText, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { type ClipFile, findClips } from './kpi/filmed-clips.js';
import { framesOfProgram } from './path/frames.js';

const USAGE = `npm run -s bench -- curve [options]

Share of the frames without inference, and inferences a second, against F1: this program at accuracy floors, a fixed interval with
vehicles at constant velocity, and the motion gate that Frigate documents, all on the same frames and the same boxes of roadside-n.

  --clips DIR      filmed clips (default ../shared/clips beside the project)
  --only NAMES     some of them: file names without their ending
  --frames MAX     frames at most of each (default all)
  --every N        every Nth frame of each: a camera that is N times slower (default 1)
  --quick          five minutes at most: the first 250 frames of each
`;

const FLOORS = [0.7, 0.8, 0.9, 0.95, 0.97, 0.985, 0.995];
const INTERVALS = [2, 3, 4, 6, 9, 14, 22, 35, 60, 100];
const LOOKS_PER_S = [0.5, 1, 2, 3, 5, 8, 12.5, 25];
const DEFAULT_FLOOR = 'floor 0.97';

/** All contenders on all clips; charts go to a folder. */
export async function run(args: string[], charts: string): Promise<BenchReport> {
  const options = parse(args);
  const notes: string[] = [];
  const { path } = await findFfmpeg({ env: process.env });
  const clips = chosen(findClips(path, options.clips, notes), options.only, notes);
  const eye = await Eye.open();
  const points: Point[] = [];
  const rows: Row[] = [];
  for (const [i, clip] of clips.entries()) {
    process.stderr.write(`[${i + 1}/${clips.length}] ${clip.name}\n`);
    const frames = everyNth(framesOfProgram(clip.path, options.frames * options.every), options.every);
    const threshold = Math.min(...eye.thresholds);
    try {
      const own = await replay(clip.name, frames, (frame) => eye.infer(frame), contenders(eye.thresholds), threshold);
      points.push(...own);
      rows.push(clipRow(clip.name, own));
      writeFileSync(join(charts, `${clip.name}.svg`), curveChart(clip.name, own));
    } catch (error) {
      process.stderr.write(`${clip.name} left out: ${explain(error)}\n`);
      rows.push({ clip: clip.name, setting: DEFAULT_FLOOR, failed: explain(error) });
    }
  }
  const medianOf = new Set(points.map(({ clip }) => clip)).size;
  writeFileSync(join(charts, 'overview.svg'), curveChart(`Medians of ${medianOf} clips`, medians(points)));
  const report = {
    name: 'curve',
    rows: [...rows, ...settingRows(points)],
    goals: goals(points),
    notes: [
      ...notes,
      `boxes of roadside-n; ${options.every === 1 ? 'every frame' : `every ${options.every}th frame`}; no scenes are remembered, audits count as inferences`,
    ],
    points,
  };
  return report;
}

function contenders(thresholds: readonly number[]): Contender[] {
  return [
    ...FLOORS.map((floor) => {
      const random = new Random(1);
      return ours(thresholds, floor, () => random.next());
    }),
    ...INTERVALS.map((frames) => fixedInterval(thresholds, frames)),
    ...LOOKS_PER_S.map((fps) => motionGate(thresholds, fps)),
  ];
}

async function* everyNth<T>(frames: AsyncIterable<T>, every: number): AsyncGenerator<T> {
  let index = 0;
  for await (const frame of frames) if (index++ % every === 0) yield frame;
}

/** A clip as the program comes, beside what the rivals reach with as many inferences. */
function clipRow(clip: string, points: readonly Point[]): Row {
  const own = points.find(({ setting }) => setting === DEFAULT_FLOOR)!;
  return rowOf(clip, DEFAULT_FLOOR, own, leads(points));
}

/** The settings in the median over the clips. */
function settingRows(points: readonly Point[]): Row[] {
  const all = leads(points);
  return medians(points).map((point) =>
    rowOf(`median of ${point.clip}`, `${point.family}, ${point.setting}`, point, point.family === 'ours' ? all : []),
  );
}

function rowOf(clip: string, setting: string, point: Point, all: readonly Lead[]): Row {
  const lead = (rival: Family): number | null => {
    const own = all.filter((one) => one.rival === rival && one.setting === point.setting).map(({ f1 }) => f1);
    return own.length === 0 ? null : round(median(own));
  };
  return {
    clip,
    setting,
    'noInfer%': round(point.withoutInference * 100),
    perS: round(point.inferencesPerS),
    f1: round(point.f1),
    overFixed: lead('fixed interval'),
    overGate: lead('motion gate'),
  };
}

type Lead = ReturnType<typeof leads>[number];

/** Each setting in the median over the clips. */
function medians(points: readonly Point[]): Point[] {
  return FAMILIES.flatMap((family) => {
    const own = points.filter((point) => point.family === family);
    return [...new Set(own.map(({ setting }) => setting))].map((setting): Point => {
      const same = own.filter((point) => point.setting === setting);
      return {
        clip: `${same.length} clips`,
        family,
        setting,
        withoutInference: median(same.map((point) => point.withoutInference)),
        inferencesPerS: median(same.map((point) => point.inferencesPerS)),
        f1: median(same.map((point) => point.f1)),
      };
    });
  });
}

/** Ahead at every budget: at each of our settings, in the median over the clips. */
function goals(points: readonly Point[]): BenchReport['goals'] {
  const all = leads(points);
  return FAMILIES.slice(1).flatMap((rival) =>
    FLOORS.map((floor) => {
      const own = all.filter((lead) => lead.rival === rival && lead.setting === `floor ${floor}`).map(({ f1 }) => f1);
      return atLeast(
        `F1 above the ${rival}'s with as many inferences, floor ${floor}`,
        own.length === 0 ? null : median(own),
        0,
      );
    }),
  );
}

function chosen(clips: readonly ClipFile[], only: string | null, notes: readonly string[]): readonly ClipFile[] {
  if (clips.length === 0) throw new OptionError(`there is nothing to run: ${notes.at(-1)}`);
  if (only === null) return clips;
  const wanted = namesOf(
    'only',
    only,
    clips.map(({ name }) => name),
  );
  return clips.filter(({ name }) => wanted.includes(name));
}

function parse(args: string[]) {
  return readOptions(args, USAGE, {
    clips: place('../shared/clips'),
    only: optionalText,
    frames: wholeNumber({ least: 2, usual: Number.MAX_SAFE_INTEGER, quick: 250 }),
    every: wholeNumber({ least: 1, usual: 1 }),
    quick: flag,
  });
}
