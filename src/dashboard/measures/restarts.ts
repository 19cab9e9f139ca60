import type { SeriesPoint } from '../../store/series/series-point.js';

/** That the program was not there, or began anew; Unix ms. */
export interface ProgramRestart {
  /** The last that is known of the run before. */
  readonly stoppedAt: number;
  readonly startedAt: number;
}

/** Rounding of what was read once a second, and of a clock that is set. */
const SLACK_MS = 5000;

/**
 * The restarts that the time since the start of the program tells, which falls where it began anew.
 *
 * @param points of `uptime`, s, in order of time, of steps of `stepMs`
 */
export function restartsIn(points: readonly SeriesPoint[], stepMs: number): ProgramRestart[] {
  const found: ProgramRestart[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) continue;
    const wasLater = before.max * 1000 - SLACK_MS;
    if (point.min * 1000 >= wasLater) continue;
    // the step holds some of the run before where its longest time goes on from that
    const holdsBoth = point.max * 1000 >= wasLater && point.max * 1000 > stepMs + SLACK_MS;
    const next = points[index + 1];
    const startedAt = holdsBoth ? (next ? startBy(next, stepMs) : point.t + stepMs / 2) : startBy(point, stepMs);
    const stoppedAt = holdsBoth ? startedAt : before.t + stepMs;
    found.push({ stoppedAt: Math.min(stoppedAt, startedAt), startedAt });
  }
  return found;
}

/** When a run began, of which a step tells the time at its end. */
const startBy = ({ t, max }: SeriesPoint, stepMs: number): number => t + stepMs - max * 1000;
