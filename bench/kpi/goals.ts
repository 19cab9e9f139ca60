import { atLeast, atMost } from '../harness/goal.js';
import type { Goal } from '../harness/report.js';
import type { PeakMemory } from './four-cameras.js';
import { medianOf, type Outcome } from './outcome.js';

/** What the contenders did on one clip; a contender that failed there is missing. */
export interface ClipOutcome {
  readonly name: string;
  readonly filmed: boolean;
  readonly naive: Outcome | null;
  readonly inferred: Outcome | null;
  readonly full: Outcome | null;
  /** CPU seconds for 1000 frames at the clip's own rate that are decoded only; null where it could not be measured. */
  readonly decodingCpuPer1000: number | null;
}

/** Peaks of four cameras; null where one could not be measured. */
export interface FourCameras {
  readonly naive: PeakMemory | null;
  readonly full: PeakMemory | null;
}

/** Medians over the filmed clips; over the simulated ones where no other was measured. */
export function goals(outcomes: readonly ClipOutcome[], cameras: FourCameras): Goal[] {
  const clips = judgedClips(outcomes);
  const full = clips.flatMap((clip) => clip.full ?? []);
  const f1s = full.flatMap(({ f1 }) => f1 ?? []);
  const gaps = full.map(({ f1, estimatedF1 }) => (f1 === null || estimatedF1 === null ? null : estimatedF1 - f1));
  const sizes = gaps.map((gap) => gap && Math.abs(gap));
  const against = (read: (outcome: Outcome) => number | null) =>
    medianOf(clips.map((clip) => ratio(clip.full && read(clip.full), clip.naive && read(clip.naive))));
  return [
    atLeast('share of frames without inference', medianOf(full.map((one) => one.withoutInference)), 0.92),
    atLeast('F1 against every frame inferred', medianOf(f1s), 0.975),
    atLeast('the same, worst clip', f1s.length === 0 ? null : Math.min(...f1s), 0.94),
    atMost(
      "mean latency, of the naive script's",
      against(({ meanMs }) => meanMs),
      0.1,
    ),
    atLeast(
      "frames per second, of the naive script's",
      against(({ fps }) => fps),
      5,
    ),
    atMost(
      "CPU seconds per 1000 frames at the clip's own rate, of the naive script's",
      against(({ pacedCpuPer1000 }) => pacedCpuPer1000),
      0.1,
    ),
    atMost(
      "CPU of all processes at the clip's own rate, of decoding alone",
      medianOf(clips.map((clip) => ratio(clip.full?.pacedCpuPer1000 ?? null, clip.decodingCpuPer1000))),
      2.2,
    ),
    atMost(
      "memory (RSS) of 4 cameras, of 4 naive scripts'",
      ratio(cameras.full?.rss ?? null, cameras.naive?.rss ?? null),
      0.5,
    ),
    atMost("distance of the audit's estimate from the F1", medianOf(sizes), 0.03),
  ];
}

/** The clips that goals are judged by. */
function judgedClips(outcomes: readonly ClipOutcome[]): readonly ClipOutcome[] {
  const filmed = outcomes.filter((outcome) => outcome.filmed);
  return filmed.some(({ full }) => full) ? filmed : outcomes;
}

/** The largest distance of the audit's estimate from the F1, and its clip; null where no estimate was given. */
export function worstEstimate(outcomes: readonly ClipOutcome[]): { name: string; gap: number } | null {
  let worst: { name: string; gap: number } | null = null;
  for (const { name, full } of judgedClips(outcomes)) {
    if (!full || full.f1 === null || full.estimatedF1 === null) continue;
    const gap = full.estimatedF1 - full.f1;
    if (worst === null || Math.abs(gap) > Math.abs(worst.gap)) worst = { name, gap };
  }
  return worst;
}

/** null where one of them was not measured, or theirs is 0. */
export function ratio(ours: number | null, theirs: number | null): number | null {
  return ours === null || theirs === null || theirs === 0 ? null : ours / theirs;
}
