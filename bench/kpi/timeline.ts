import { addTally, emptyTally, f1, type Tally } from '../../src/answer/audit/agreement.js';
import type { Origin } from '../../src/frame/frame-result.js';
import { ORIGINS } from '../../src/frame/frame-result.js';
import { type Answer, originOf } from './answers.js';

/** One second of a clip. */
export interface Second {
  /** From the clip's beginning. */
  readonly at: number;
  /** Share of its answers per origin, 0..1; all 0 where it has none. */
  readonly shares: Readonly<Record<Origin, number>>;
  /** Over this second and its neighbours; null where there is nothing to be right or wrong about. */
  readonly f1: number | null;
  /** Mean number of boxes; null where it has no answer. */
  readonly vehicles: number | null;
}

/**
 * A run second by second, for its chart.
 *
 * @param tallies one per frame of the clip
 */
export function timeline(
  answers: readonly Answer[],
  tallies: readonly { readonly seq: number; readonly tally: Tally }[],
  fps: number,
): Second[] {
  const seconds = Math.ceil((1 + Math.max(-1, ...answers.map(({ seq }) => seq))) / fps);
  const answersOf = bySecond(answers, fps, seconds);
  const talliesOf = bySecond(tallies, fps, seconds);
  return Array.from({ length: seconds }, (_, at) => {
    const own = answersOf[at]!;
    return {
      at,
      shares: shareOf(own),
      f1: f1Of(talliesOf.slice(Math.max(0, at - 1), at + 2).flat()),
      vehicles: own.length === 0 ? null : own.reduce((sum, { detections }) => sum + detections.length, 0) / own.length,
    };
  });
}

function bySecond<T extends { readonly seq: number }>(frames: readonly T[], fps: number, seconds: number): T[][] {
  const groups: T[][] = Array.from({ length: seconds }, () => []);
  for (const frame of frames) groups[Math.floor(frame.seq / fps)]?.push(frame);
  return groups;
}

function shareOf(answers: readonly Answer[]): Record<Origin, number> {
  const count = (origin: Origin) => answers.filter((answer) => originOf(answer) === origin).length;
  const shares = ORIGINS.map((origin) => [origin, answers.length === 0 ? 0 : count(origin) / answers.length]);
  return Object.fromEntries(shares) as Record<Origin, number>;
}

function f1Of(frames: readonly { readonly tally: Tally }[]): number | null {
  const sum = emptyTally();
  for (const { tally } of frames) addTally(sum, tally);
  return sum.truePositives + sum.falsePositives + sum.misses === 0 ? null : f1(sum);
}
