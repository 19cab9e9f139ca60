import { mean, quantile } from '../../src/foundation/statistics.js';
import { answeredShare, answerTimes, framesPerSecond } from '../harness/results.js';
import { watchedRun } from '../harness/watched-run.js';
import type { Answer } from './answers.js';
import type { Bench, Case, Pace } from './case.js';
import type { Contender } from './contenders.js';

/** Frames assumed where nobody knows how many the clip has. */
const LONG_CLIP_FRAMES = 2000;
/** Starting up is no part of what a frame costs: programs load code, and ffmpeg delivers its first pictures in a burst. */
const SETTLING_S = 1;

/** One contender, once through a clip. */
export interface Run {
  readonly answers: readonly Answer[];
  /** ms, after the first second of the clip. */
  readonly meanMs: number | null;
  readonly p95Ms: number | null;
  /** After the first second of the run, as `cpuPer1000`. */
  readonly fps: number | null;
  readonly cpuPer1000: number | null;
  /** Bytes. */
  readonly peakRss: number | null;
  readonly peakPss: number | null;
  /** Share of the frames that got an answer. */
  readonly answered: number | null;
  /** F1 that the program believes to have, from its own audit; null where it does not say. */
  readonly estimatedF1: number | null;
}

/** @throws Error with the program's last words where it fails or answers nothing */
export async function measure(
  contender: Contender,
  bench: Bench,
  clip: Case,
  pace: Pace,
  frames: number | null,
): Promise<Run> {
  const { lines, lastLine, usage } = await watchedRun(bench.scratch, frames ?? LONG_CLIP_FRAMES, (outlets) =>
    contender.command(bench, clip, { pace, frames, ...outlets }),
  );
  const answers = lines as readonly Answer[];
  if (answers.length === 0) throw new Error('it answered no frame');
  const latencies = settled(answers, clip.fps).map(({ latencyMs }) => latencyMs);
  const answeredAt = afterSettling(answerTimes(answers));
  return {
    answers,
    meanMs: mean(latencies),
    p95Ms: quantile(latencies, 0.95),
    fps: framesPerSecond(answeredAt),
    cpuPer1000: usage.cpuPer1000(answeredAt),
    peakRss: usage.peakRss,
    peakPss: usage.peakPss,
    answered: answeredShare(answers),
    estimatedF1: estimatedF1(lastLine),
  };
}

function settled(answers: readonly Answer[], fps: number): readonly Answer[] {
  const later = answers.filter(({ seq }) => seq >= fps * SETTLING_S);
  return later.length > 0 ? later : answers;
}

/** @param answeredAt Unix ms, ascending */
function afterSettling(answeredAt: readonly number[]): readonly number[] {
  const later = answeredAt.filter((at) => at >= answeredAt[0]! + SETTLING_S * 1000);
  return later.length > 1 ? later : answeredAt;
}

/** From the summary of `run --json`; the naive script prints none. */
function estimatedF1(lastLine: string): number | null {
  if (!lastLine.startsWith('{')) return null;
  const { answering } = JSON.parse(lastLine) as { answering?: { estimatedF1?: number | null } };
  return answering?.estimatedF1 ?? null;
}
