import type { LineConfig } from '../../config/config.js';
import type { PathStep } from './vehicle-path.js';

/** How a vehicle went over a line. */
export interface LinePassage {
  /** When its place was on the line, ms; null where the steps do not show it. */
  readonly at: number | null;
  /** How far it got across the line, in its own sizes; below 0: the other way. */
  readonly sizes: number;
  /** Share of its movement across the line that went that way, 0..1. */
  readonly consistency: number;
  /** How far beyond the line it is in the end, in its own sizes; below 0: before it. */
  readonly beyondSizes: number;
  /** Between its way and the line, degrees: 90 is straight across. */
  readonly angleDeg: number;
}

/** Smaller steps, in sizes, are the wavering of a box. */
const WAVERING = 0.03;

/**
 * Reads from the steps of a path how a vehicle went over a line.
 *
 * @param side 1: to the left of the line, seen from `from` towards `to`; -1: to the right
 * @param height of the picture, in widths of it
 */
export function linePassage(
  steps: readonly PathStep[],
  { from, to }: Pick<LineConfig, 'from' | 'to'>,
  side: 1 | -1,
  height: number,
): LinePassage {
  const [alongX, alongY] = [to[0] - from[0], (to[1] - from[1]) * height];
  const length = Math.hypot(alongX, alongY);
  // y goes downwards: left of the way from `from` to `to` is along (alongY, -alongX)
  const [acrossX, acrossY] = [(side * alongY) / length, (-side * alongX) / length];
  const beyond = ({ x, y }: PathStep) => (x - from[0]) * acrossX + (y - from[1] * height) * acrossY;
  let at: number | null = null;
  let forth = 0;
  let back = 0;
  for (let i = 1; i < steps.length; i++) {
    const [before, step] = [steps[i - 1]!, steps[i]!];
    const [was, is] = [beyond(before), beyond(step)];
    if (was < 0 && is >= 0) at = before.at + ((step.at - before.at) * -was) / (is - was);
    const moved = (is - was) / step.size;
    if (moved > WAVERING) forth += moved;
    else if (moved < -WAVERING) back -= moved;
  }
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) {
    return { at, sizes: 0, consistency: 0, beyondSizes: 0, angleDeg: 0 };
  }
  const [wayX, wayY] = [last.x - first.x, last.y - first.y];
  const way = Math.hypot(wayX, wayY);
  const across = (wayX * acrossX + wayY * acrossY) / (way || 1);
  return {
    at,
    sizes: forth - back,
    consistency: forth === 0 ? 0 : forth / (forth + back),
    beyondSizes: beyond(last) / last.size,
    angleDeg: (Math.asin(Math.min(1, Math.abs(across))) * 180) / Math.PI,
  };
}
