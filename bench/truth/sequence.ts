import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { explain } from '../../src/foundation/errors.js';
import { OptionError } from '../harness/options.js';

/** x1, y1, x2, y2 in pixels, the class, and who it is; null where nobody says. */
export type TrueBox = readonly [
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  kind: string,
  id: number | string | null,
];

export interface TrueFrame {
  /** As `truth.json` counts. */
  readonly frame: number;
  readonly boxes: readonly TrueBox[];
  /** Regions in which nothing is judged. */
  readonly ignore?: readonly (readonly number[])[];
}

/** What answers are judged by. */
export interface JudgedTruth {
  readonly truth: readonly TrueFrame[];
  /** The number of the film's first picture. */
  readonly firstFrame: number;
  /** Regions in which nothing is judged in any frame. */
  readonly ignore: readonly (readonly number[])[];
  /** Overlap from which a box means the same vehicle: less where the truth comes from masks, which have no bumpers. */
  readonly leastIou: number;
}

/** A road sequence of which people said what is in it. */
export interface Sequence extends JudgedTruth {
  readonly name: string;
  /** Absolute path of its film. */
  readonly film: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** Pictures of its film up to the last that is judged. */
export function framesToJudge({ truth, firstFrame }: JudgedTruth): number {
  return Math.max(...truth.map(({ frame }) => frame)) - firstFrame + 1;
}

interface TruthFile {
  readonly name?: string;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly video?: string | null;
  readonly images?: string | null;
  readonly video_first_frame?: number;
  readonly first_frame?: number;
  readonly ignore_static?: readonly (readonly number[])[];
  readonly truth_kind?: string;
  readonly frames: readonly TrueFrame[];
}

const MASK_IOU = 0.4;
const DRAWN_IOU = 0.5;

/**
 * The sequences of a folder: each a folder of its own with `truth.json` and a film, or a folder of pictures of which one is made. A folder
 * that has a `truth.json` itself is one sequence.
 *
 * @param scratch where films may be made
 * @throws OptionError where there is none, or one cannot be read; Error with ffmpeg's words where it makes no film
 */
export function findSequences(folder: string, ffmpeg: string, scratch: string): Sequence[] {
  const root = resolve(folder);
  if (!existsSync(root)) throw new OptionError(`there is no ${root}: name a folder of sequences with --sequences DIR`);
  if (existsSync(join(root, 'truth.json'))) return [readSequence(root, basename(root), ffmpeg, scratch)];
  const names = [...readdirSync(root)].sort().filter((name) => existsSync(join(root, name, 'truth.json')));
  if (names.length === 0)
    throw new OptionError(`no folder in ${root} has a truth.json: docs/benchmarks.md says what is in one`);
  return names.map((name) => readSequence(join(root, name), name, ffmpeg, scratch));
}

function readSequence(folder: string, name: string, ffmpeg: string, scratch: string): Sequence {
  const file = join(folder, 'truth.json');
  const truth = truthIn(file);
  const { fps, width, height, frames, truth_kind: kind = '' } = truth;
  if (![fps, width, height].every((number) => number > 0) || !Array.isArray(frames)) {
    throw new OptionError(`${file}: expected fps, width, height and frames`);
  }
  const film = truth.video
    ? join(folder, truth.video)
    : filmOf(join(folder, truth.images ?? 'images'), fps, ffmpeg, join(scratch, `${name}.mkv`));
  if (!existsSync(film)) throw new OptionError(`${file}: there is no ${film}`);
  const firstFrame = truth.video_first_frame ?? truth.first_frame ?? 1;
  // one that covers all of the picture would have nothing be wrong, ever: it is a bounding box of more than it means
  const ignore = (truth.ignore_static ?? []).filter((region) => !coversAll(region, width, height));
  const leastIou = /mask/i.test(kind) ? MASK_IOU : DRAWN_IOU;
  return { name: truth.name ?? name, film, width, height, fps, firstFrame, truth: frames, ignore, leastIou };
}

function truthIn(file: string): TruthFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TruthFile;
  } catch (error) {
    throw new OptionError(`${file}: ${explain(error)}`);
  }
}

function coversAll([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[], width: number, height: number): boolean {
  return x1 <= 0 && y1 <= 0 && x2 >= width && y2 >= height;
}

/** The pictures of a folder by name, as they are, one after the other. */
function filmOf(folder: string, fps: number, ffmpeg: string, film: string): string {
  const picture = existsSync(folder) ? readdirSync(folder).find((name) => /\.(jpe?g|png)$/i.test(name)) : undefined;
  if (picture === undefined) throw new OptionError(`there are neither a video nor pictures in ${folder}`);
  const pattern = join(folder, `*${picture.slice(picture.lastIndexOf('.'))}`);
  const input = ['-framerate', String(fps), '-pattern_type', 'glob', '-i', pattern];
  const { status, stderr } = spawnSync(ffmpeg, ['-v', 'error', '-y', ...input, '-c', 'copy', film], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ffmpeg makes no film of ${folder}: ${stderr.trim()}`);
  return film;
}
