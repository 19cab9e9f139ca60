import { existsSync, mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Eye } from '../scripts/answering-pictures/answered.js';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { scratchFolder } from './harness/ending.js';
import { atLeast, atMost } from './harness/goal.js';
import {
  flag,
  namesOf,
  OptionError,
  optionalText,
  place,
  readOptions,
  someOf,
  wholeNumber,
} from './harness/options.js';
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
  --frames N       of each moved film at most (default 500); --quick: 150
  --seed N         of the movements (default 1)
  --quick          every third clip, no sequences
  --keep DIR       films and the boxes of their frames are kept there, and taken from there: empty it when clips or roadside-n have changed
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
  const scratch = options.keep ?? scratchFolder('sway');
  mkdirSync(scratch, { recursive: true });
  const { path: ffmpeg } = await findFfmpeg({ env: process.env });
  const notes: string[] = [];
  const { clips, sequences } = chosen(ffmpeg, scratch, options, notes);
  const eye = await Eye.open();
  const cases: Case[] = [];
  const rows: Row[] = [];
  const watch = (film: string, most: number) =>
    watchFilm(film, most, eye, options.keep === null ? null : join(scratch, `${basename(film)}.boxes.json`));
  const attempt = async (film: Omit<Case, 'watched'>, watched: () => Promise<WatchedFilm>): Promise<void> => {
    const { name, movement } = film;
    process.stderr.write(`${name}: ${movement}\n`);
    try {
      const one = { ...film, watched: await watched() };
      cases.push(one);
      rows.push(rowOf(one));
    } catch (error) {
      process.stderr.write(`${name}: ${movement}: left out: ${explain(error)}\n`);
      rows.push({ film: name, movement, frames: null, failed: explain(error) });
    }
  };
  for (const clip of clips) {
    for (const movement of options.movements) {
      const plan = { clip, movement, seed: options.seed, frames: options.frames };
      await attempt({ name: clip.name, movement, truth: null }, async () =>
        watch(await movedFilm(ffmpeg, plan, scratch), options.frames),
      );
    }
  }
  for (const truth of sequences) {
    await attempt({ name: truth.name, movement: 'as filmed', truth }, () =>
      watch(truth.film, Number.POSITIVE_INFINITY),
    );
  }
  notes.push(...options.movements.map((movement) => `${movement}: ${ABOUT[movement]}`), `seed ${options.seed}`);
  return { name: 'sway', rows, goals: goalsOf(cases), notes };
}

type Options = ReturnType<typeof parse>;

/** @throws OptionError where `--only` names what is not there, or nothing is left to watch */
function chosen(
  ffmpeg: string,
  scratch: string,
  { clips: folder, sequences: truths, only, isQuick }: Options,
  notes: string[],
): { readonly clips: readonly ClipFile[]; readonly sequences: readonly Sequence[] } {
  const clips = findClips(ffmpeg, folder, notes);
  const isSkipped = isQuick && only === null;
  const sequences = isSkipped ? [] : sequencesIn(truths, ffmpeg, scratch, notes);
  if (clips.length + sequences.length === 0) throw new OptionError(`there is nothing to watch: ${notes.join('; ')}`);
  if (only === null) return { clips: isQuick ? clips.filter((_, i) => i % QUICK_EVERY === 0) : clips, sequences };
  const known = [...clips, ...sequences].map(({ name }) => name);
  const wanted = namesOf('only', only, known);
  const isWanted = ({ name }: { readonly name: string }): boolean => wanted.includes(name);
  return { clips: clips.filter(isWanted), sequences: sequences.filter(isWanted) };
}

function sequencesIn(folder: string, ffmpeg: string, scratch: string, notes: string[]): Sequence[] {
  if (existsSync(folder)) return findSequences(folder, ffmpeg, scratch);
  notes.push('no sequences with a truth by people: name a folder of them with --sequences DIR');
  return [];
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
  const { keep, quick, ...options } = readOptions(args, USAGE, {
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
    keep: keep === null ? null : resolve(keep),
    isQuick: quick,
  };
}
