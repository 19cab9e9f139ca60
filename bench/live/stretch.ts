import { quantile } from '../../src/foundation/statistics.js';
import { judge, type References } from '../kpi/judgement.js';
import type { CameraAnswer, KnobsAt, LiveRun } from './contender-run.js';

/** How a contender did over one stretch of time. */
export interface StretchFigures {
  /** Frames that the cameras delivered in it. */
  readonly due: number;
  /** Share of them that had no answer, or one that took longer than the budget. */
  readonly lateOrDropped: number;
  readonly p95Ms: number | null;
  readonly inferredShare: number | null;
  /** Against every frame inferred at the full setting, lowest of the cameras; a frame without an answer is one without boxes. */
  readonly worstF1: number | null;
}

/** What all runs of a benchmark are judged by. */
export interface Judges {
  /** Frames per second of one camera. */
  readonly fps: number;
  /** From capture to the answer; more is late. */
  readonly budgetMs: number;
  /** By camera: what every frame inferred sees in the frames of the film, which comes again and again. */
  readonly references: ReadonlyMap<string, References>;
  readonly filmFrames: number;
}

/** Judges the frames captured from `from` to `to`, Unix ms. */
export function stretchOf(run: LiveRun, from: number, to: number, judges: Judges): StretchFigures {
  const { fps, budgetMs, references } = judges;
  const within = run.answers.filter(({ capturedAt }) => capturedAt >= from && capturedAt < to);
  const due = Math.max(within.length, Math.round(((to - from) / 1000) * fps * references.size));
  const onTime = within.filter(({ latencyMs }) => latencyMs <= budgetMs);
  const f1s = [...references].flatMap(([camera, reference]) => {
    const own = run.answers.filter((answer) => answer.camera === camera);
    return f1Within(own, from, to, reference, judges.filmFrames) ?? [];
  });
  return {
    due,
    lateOrDropped: 1 - onTime.length / due,
    p95Ms: quantile(
      within.map(({ latencyMs }) => latencyMs),
      0.95,
    ),
    inferredShare:
      within.length === 0 ? null : within.filter(({ origin }) => origin === 'inferred').length / within.length,
    worstF1: f1s.length === 0 ? null : Math.min(...f1s),
  };
}

/** The frames of the stretch by their number, those without an answer among them; the film was shown from its beginning. */
function f1Within(
  answers: readonly CameraAnswer[],
  from: number,
  to: number,
  reference: References,
  filmFrames: number,
): number | null {
  const within = answers.filter(({ capturedAt }) => capturedAt >= from && capturedAt < to);
  const [first, last] = [within[0]?.seq, within.at(-1)?.seq];
  if (first === undefined || last === undefined) return null;
  const wanted = new Map<number, ReturnType<References['get']> & object>();
  for (let seq = first; seq <= last; seq++) {
    const boxes = reference.get(seq % filmFrames);
    if (boxes !== undefined) wanted.set(seq, boxes);
  }
  return judge(within, wanted).f1;
}

/** s from `from` until the knobs were back where they had been at `full`, and stayed until the end; null where they were not. */
export function backAfterS(knobs: readonly KnobsAt[], full: KnobsAt | null, from: number): number | null {
  if (full === null) return null;
  let back: number | null = null;
  for (const one of knobs.filter(({ at }) => at >= from)) {
    if (isSame(one, full)) back ??= one.at;
    else back = null;
  }
  return back === null ? null : Math.max(0, (back - from) / 1000);
}

/** The last of them before `at`. */
export function knobsBefore(knobs: readonly KnobsAt[], at: number): KnobsAt | null {
  return knobs.findLast((one) => one.at < at) ?? null;
}

const isSame = (a: KnobsAt, b: KnobsAt): boolean =>
  JSON.stringify([a.point, a.inferenceIntervalMs]) === JSON.stringify([b.point, b.inferenceIntervalMs]);
