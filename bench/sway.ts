import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Eye } from '../scripts/answering-pictures/answered.js';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { atLeast, atMost } from './harness/goal.js';
import { flag, optionalText, place, readOptions, someOf, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { type ClipFile, findClips } from './kpi/filmed-clips.js';
import { movedFilm } from './sway/moved-film.js';
import { ABOUT, MOVEMENTS, type Movement } from './sway/movement.js';
import { type Answering, type WatchedFilm, watchFilm } from './sway/watched-film.js';
import { judgeByPeople } from './truth/judge.js';
import { findSequences, type Sequence } from './truth/sequence.js';

const USAGE = `npm run -s bench -- sway [options]

Cameras that move: clips filmed once more by one that sways, vibrates, drifts, pans or rolls, and sequences with a truth by people as
they are. Every frame inferred, the program as it comes, and the same without holding anything still.

  --clips DIR      videos of fixed cameras (default ../shared/clips beside the project)
  --sequences DIR  folders with truth.json and a film (default ../shared/truth)
  --movements LIST some of ${MOVEMENTS.join(', ')} (default all)
  --only NAMES     clips and sequences, separated by commas
  --frames N       of each film at most (default 500); --quick: 150
  --seed N         of the movements (default 1)
  --quick          every third clip, no sequences
  --keep DIR       films and the boxes of their frames are kept there, and taken from there
`;

/** Goals: share without inference, F1, and ms of the estimate. */
const LEAST_WITHOUT = 0.85;
const LEAST_F1 = 0.965;
const MOST_MS = 0.15;
const QUICK_EVERY = 3;

/** A row, and what of it is judged. */
interface Case {
  readonly name: string;
  readonly movement: Movement | 'as filmed';
  readonly watched: WatchedFilm;
  readonly truth: Sequence | null;
}

export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = options.keep ?? mkdtempSync(join(tmpdir(), 'edge-sway-'));
  mkdirSync(scratch, { recursive: true });
  if (options.keep === null) process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  const { path: ffmpeg } = await findFfmpeg({ env: process.env });
  const eye = await Eye.open();
  const notes: string[] = [];
  const cases: Case[] = [];
  const watch = (film: string, most: number) =>
    watchFilm(film, most, eye, options.keep === null ? null : join(scratch, `${basename(film)}.boxes.json`));
  for (const clip of clipsOf(ffmpeg, options, notes)) {
    for (const movement of options.movements) {
      process.stderr.write(`${clip.name}: ${movement}\n`);
      const plan = { clip, movement, seed: options.seed, frames: options.frames };
      const watched = await watch(movedFilm(ffmpeg, plan, scratch), options.frames);
      cases.push({ name: clip.name, movement, watched, truth: null });
    }
  }
  for (const truth of sequencesOf(ffmpeg, scratch, options, notes)) {
    process.stderr.write(`${truth.name}: as filmed\n`);
    const watched = await watch(truth.film, Number.POSITIVE_INFINITY);
    cases.push({ name: truth.name, movement: 'as filmed', watched, truth });
  }
  notes.push(...options.movements.map((movement) => `${movement}: ${ABOUT[movement]}`), `seed ${options.seed}`);
  return { name: 'sway', rows: cases.map(rowOf), goals: goalsOf(cases), notes };
}

type Options = ReturnType<typeof parse>;

function clipsOf(ffmpeg: string, { clips, only, isQuick }: Options, notes: string[]): ClipFile[] {
  const found = findClips(ffmpeg, clips, notes).filter(({ name }) => only === null || only.includes(name));
  return isQuick && only === null ? found.filter((_, i) => i % QUICK_EVERY === 0) : found;
}

function sequencesOf(ffmpeg: string, scratch: string, options: Options, notes: string[]): Sequence[] {
  const { sequences, only, isQuick } = options;
  if (isQuick && only === null) return [];
  if (!existsSync(sequences)) {
    notes.push('no sequences with a truth by people: name a folder of them with --sequences DIR');
    return [];
  }
  return findSequences(sequences, ffmpeg, scratch).filter(({ name }) => only === null || only.includes(name));
}

/** F1 against people, where there are any. */
function byPeople(answers: Answering['answers'], truth: Sequence | null): number | null {
  return truth === null ? null : round(judgeByPeople(answers, truth).f1);
}

function rowOf({ name, movement, watched, truth }: Case): Row {
  const { held, asItComes, inferred, frames, heldShare, estimateMs, holdingMs } = watched;
  return {
    film: name,
    movement,
    frames,
    without: round(held.without),
    f1: round(held.f1),
    withoutAsItComes: round(asItComes.without),
    f1AsItComes: round(asItComes.f1),
    heldShare: round(heldShare),
    estimateMs: estimateMs === null ? null : round(estimateMs),
    holdingMs: holdingMs === null ? null : round(holdingMs),
    truthF1: byPeople(held.answers, truth),
    truthF1AsItComes: byPeople(asItComes.answers, truth),
    truthF1Inferred: byPeople(inferred, truth),
  };
}

function goalsOf(cases: readonly Case[]): BenchReport['goals'] {
  const moving = cases.filter(({ movement }) => movement !== 'still' && movement !== 'as filmed');
  const of = (figure: (watched: WatchedFilm) => number | null): number | null => {
    const known = moving.map(({ watched }) => figure(watched)).filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  return [
    atLeast(
      'moving cameras, median: share without inference',
      of(({ held }) => held.without),
      LEAST_WITHOUT,
    ),
    atLeast(
      'moving cameras, median: F1',
      of(({ held }) => held.f1),
      LEAST_F1,
    ),
    atMost(
      'estimate of the movement, ms a frame, median',
      of(({ estimateMs }) => estimateMs),
      MOST_MS,
    ),
    ...cases.flatMap(({ name, watched, truth }) => {
      if (truth === null) return [];
      const [own, plain] = [
        judgeByPeople(watched.held.answers, truth).f1,
        judgeByPeople(watched.asItComes.answers, truth).f1,
      ];
      return [atLeast(`${name}: F1 against people, above that without holding it`, own - plain, 0)];
    }),
  ];
}

function parse(args: string[]) {
  const { only, keep, quick, ...options } = readOptions(args, USAGE, {
    clips: place('../shared/clips'),
    sequences: place('../shared/truth'),
    movements: someOf(MOVEMENTS),
    only: optionalText,
    frames: wholeNumber({ least: 1, usual: 500, quick: 150 }),
    seed: wholeNumber({ least: 0, usual: 1 }),
    keep: optionalText,
    quick: flag,
  });
  return {
    ...options,
    only: only?.split(',') ?? null,
    keep: keep === null ? null : resolve(keep),
    isQuick: quick,
  };
}
