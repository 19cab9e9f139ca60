import type { FrameLine } from '../harness/results.js';

/** ms after a frame was due by its camera's clock from which its answer is late, or as good as none: five frames. */
export const LATE_MS = 200;

/** A stretch of time, Unix ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Frames that were due in a stretch, and those of them without an answer in time. */
export interface Punctuality {
  readonly due: number;
  readonly late: number;
}

/**
 * How punctually one camera's frames were answered. Its clock is that of its most punctual frame since the stretch began: a program that
 * falls behind takes its frames later and later.
 *
 * @param lines of the camera, of the whole run @param frameMs from frame to frame
 */
export function punctuality(lines: readonly FrameLine[], { from, to }: Stretch, frameMs: number): Punctuality {
  const later = lines.filter(({ capturedAt }) => capturedAt >= from);
  const start = Math.min(...later.map(({ seq, capturedAt }) => capturedAt - seq * frameMs));
  const whole = Math.floor((to - from) / frameMs);
  if (!Number.isFinite(start)) return { due: whole, late: whole };
  const answeredAt = new Map(later.map(({ seq, capturedAt, latencyMs }) => [seq, capturedAt + latencyMs]));
  const first = Math.ceil((from - start) / frameMs);
  let late = 0;
  for (let seq = first; seq < first + whole; seq++) {
    const at = answeredAt.get(seq);
    if (at === undefined || at > start + seq * frameMs + LATE_MS) late++;
  }
  return { due: whole, late };
}
