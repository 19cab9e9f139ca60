import { explain } from '../../src/foundation/errors.js';
import { originShares } from './answers.js';
import type { Bench, Case, Pace } from './case.js';
import { atFloor, type Contender, full, inferred, naive, reference } from './contenders.js';
import { decodingCpuPer1000 } from './decoding.js';
import { judge, type References, referencesOf } from './judgement.js';
import { longFilm } from './long-film.js';
import { measure } from './measure.js';
import { judgedRun, medianOf, type Outcome, outcomeOf, type Round } from './outcome.js';
import type { CurvePoint } from './rows.js';

/** In the order in which they run and are listed. */
export const CONTENDER_NAMES = ['naive', 'inferred', 'full'] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

const CONTENDERS: Readonly<Record<ContenderName, Contender>> = { naive, inferred, full };

/** How often and how a clip is run. */
export interface Plan {
  readonly rounds: number;
  /** Which run the answers are judged by. */
  readonly pace: Pace;
  /** Accuracy floors to try besides the default; empty without `--curve`. */
  readonly floors: readonly number[];
}

/** Everything that was measured on one clip. */
export interface Competition {
  readonly outcomes: Readonly<Record<ContenderName, Outcome | null>>;
  /** Why a contender has no outcome. */
  readonly failures: Readonly<Partial<Record<ContenderName, string>>>;
  /** CPU seconds for 1000 frames at the clip's own rate that are decoded only; null where it could not be measured. */
  readonly decodingCpuPer1000: number | null;
  readonly curve: readonly CurvePoint[];
  /** Of the default configuration: for the chart. */
  readonly fullRounds: readonly Round[];
  /** null where the reference run failed. */
  readonly references: References | null;
}

/** All contenders on one clip, in turn; one that fails does not keep the others from theirs. */
export async function compete(
  bench: Bench,
  clip: Case,
  { rounds, pace, floors }: Plan,
  say: (phase: string) => void,
): Promise<Competition> {
  say('reference');
  const references = await referenceOf(bench, clip, say);
  const frames = references?.size ?? bench.maxFrames;
  const paced = pace === 'realtime' ? frames : fewer(frames, Math.ceil(clip.fps * bench.pacedSeconds));
  const long = longCase(bench, clip, frames);
  const measured: Record<ContenderName, Round[]> = { naive: [], inferred: [], full: [] };
  const failures: Partial<Record<ContenderName, string>> = {};
  const decoding: (number | null)[] = [];
  for (let i = 0; i < rounds; i++) {
    for (const name of CONTENDER_NAMES) {
      const contender = CONTENDERS[name];
      try {
        say(`round ${i + 1}: ${name}, full speed`);
        const fast = await measure(contender, bench, clip, 'fast', frames);
        const steady = await measure(contender, bench, long, 'fast', bench.steadyFrames);
        say(`round ${i + 1}: ${name}, at the clip's rate`);
        measured[name].push({ fast, steady, paced: await measure(contender, bench, clip, 'realtime', paced) });
      } catch (error) {
        failures[name] = explain(error);
        say(`${name} failed: ${failures[name]}`);
      }
    }
    say(`round ${i + 1}: decoding alone`);
    decoding.push(
      await decodingCpuPer1000(bench, clip, paced).catch((error) => {
        say(`decoding alone failed: ${explain(error)}`);
        return null;
      }),
    );
  }
  const outcome = (name: ContenderName) =>
    measured[name].length === 0 ? null : outcomeOf(measured[name], pace, references, clip.truth);
  return {
    outcomes: { naive: outcome('naive'), inferred: outcome('inferred'), full: outcome('full') },
    failures,
    decodingCpuPer1000: medianOf(decoding),
    curve: references ? await curveOf(bench, clip, floors, references, say) : [],
    fullRounds: measured.full,
    references,
  };
}

/** The run of the default configuration that a clip's chart shows. */
export const chartedRun = ({ fullRounds }: Competition, pace: Pace) =>
  fullRounds[0] ? judgedRun(fullRounds[0], pace) : null;

async function referenceOf(bench: Bench, clip: Case, say: (phase: string) => void): Promise<References | null> {
  try {
    return referencesOf((await measure(reference, bench, clip, 'fast', bench.maxFrames)).answers);
  } catch (error) {
    say(`the reference run failed, so there is no F1: ${explain(error)}`);
    return null;
  }
}

async function curveOf(
  bench: Bench,
  clip: Case,
  floors: readonly number[],
  references: References,
  say: (phase: string) => void,
): Promise<CurvePoint[]> {
  const points: CurvePoint[] = [];
  for (const floor of floors) {
    say(`accuracy floor ${floor}`);
    try {
      const { answers } = await measure(atFloor(`floor ${floor}`, floor), bench, clip, 'fast', references.size);
      const withoutInference = 1 - originShares(answers).inferred;
      points.push({ clip: clip.name, floor, withoutInference, f1: judge(answers, references).f1 });
    } catch (error) {
      say(`accuracy floor ${floor} failed: ${explain(error)}`);
    }
  }
  return points;
}

/** @param frames of the clip; null where nobody knows */
function longCase(bench: Bench, clip: Case, frames: number | null): Case {
  const times = Math.ceil(bench.steadyFrames / (frames ?? bench.steadyFrames));
  return { ...clip, clip: longFilm(bench.ffmpeg.path, clip.clip, times, bench.scratch) };
}

const fewer = (a: number | null, b: number): number => Math.min(a ?? b, b);
