import { mean } from '../../../foundation/statistics.js';
import { TIME_SLOTS } from './time-slots.js';
import { LoadCurve, type LoadedHour, UsualAtLoad } from './usual-at-load.js';

const WEEK_MS = 7 * 86_400_000;
/** A way that says nothing of more hours than this share is not taken. */
const LEAST_SHARE = 0.8;

/** An hour, and by how much the logarithm of its value was above the usual one. */
export interface OffHour {
  readonly t: number;
  readonly value: number;
  readonly off: number;
}

/** What weeks of a series were like. */
export interface UsualWeeks {
  /** The weeks themselves, each beside what the others say of it: as far off as a new week would be from all of them. */
  readonly offs: readonly OffHour[];
  /** What is usual, by all of them. */
  readonly usual: UsualAtLoad;
}

interface Week {
  readonly own: readonly LoadedHour[];
  readonly others: readonly LoadedHour[];
  readonly curve: LoadCurve;
}

/**
 * Learns what is usual at each load and time. How finely time is told apart is what foretold each of the weeks best from the others
 * (cross-validation: Stone 1974), so that chance of a few hours is not taken for their habit.
 *
 * @param end Unix ms at which the last week ends
 */
export function usualWeeks(hours: readonly LoadedHour[], end: number): UsualWeeks {
  const weekOf = ({ t }: LoadedHour) => Math.floor((end - 1 - t) / WEEK_MS);
  const weeks = [...new Set(hours.map(weekOf))].map((week): Week => {
    const others = hours.filter((hour) => weekOf(hour) !== week);
    return { own: hours.filter((hour) => weekOf(hour) === week), others, curve: new LoadCurve(others) };
  });
  const ways = TIME_SLOTS.map((slots) => {
    const offs = weeks.flatMap(({ own, others, curve }) => offHours(own, new UsualAtLoad(others, curve, slots)));
    return { slots, offs, error: mean(offs.map(({ off }) => Math.abs(off))) ?? Number.POSITIVE_INFINITY };
  });
  const [least, ...finer] = ways as [(typeof ways)[number], ...typeof ways];
  const best = finer
    .filter(({ offs }) => offs.length >= LEAST_SHARE * least.offs.length)
    .reduce((so, way) => (way.error < so.error ? way : so), least);
  return { offs: best.offs, usual: new UsualAtLoad(hours, new LoadCurve(hours), best.slots) };
}

/** Those of the hours that can be judged. */
export function offHours(hours: readonly LoadedHour[], usual: UsualAtLoad): OffHour[] {
  return hours.flatMap((hour) => {
    const off = usual.off(hour);
    return off === null ? [] : [{ t: hour.t, value: hour.value, off }];
  });
}
