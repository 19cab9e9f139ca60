import { median } from '../../../foundation/statistics.js';
import type { TimeSlots } from './time-slots.js';

/** One hour of a series. */
export interface LoadedHour {
  /** Unix ms at which it begins. */
  readonly t: number;
  /** Above 0. */
  readonly value: number;
  /** What there was to do, in any unit; null where it is not known. */
  readonly load: number | null;
}

/** Points of the curve over the load, each the middle of as many hours. */
const KNOTS = 12;
/** Load that much beyond what was there before, as a share of it, is like the most that was; what is further off is not judged. */
const BEYOND = 0.05;

interface Knot {
  readonly load: number;
  readonly level: number;
}

/** What a series was at each load, as the logarithm of its value: medians only, so that an hour that was off moves nothing. */
export class LoadCurve {
  readonly #knots: readonly Knot[];
  readonly #least: number;
  readonly #most: number;

  /** @param hours what it is learned from */
  constructor(hours: readonly LoadedHour[]) {
    const loaded = hours.filter(({ load }) => load !== null).sort((a, b) => a.load! - b.load!);
    const known = loaded.length >= hours.length / 2 ? loaded : [];
    this.#least = known[0]?.load ?? 0;
    this.#most = known.at(-1)?.load ?? 0;
    this.#knots = known.length === 0 ? [{ load: 0, level: median(hours.map(levelOf)) ?? 0 }] : knotsOf(known);
  }

  /** By how much the logarithm of an hour's value is above the curve; null where such a load was never seen. */
  off(hour: LoadedHour): number | null {
    if (this.#knots.length === 1) return levelOf(hour) - this.#knots[0]!.level;
    const { load } = hour;
    const spare = BEYOND * (this.#most - this.#least);
    if (load === null || load < this.#least - spare || load > this.#most + spare) return null;
    return levelOf(hour) - levelAt(this.#knots, load);
  }
}

/** What a series was at each load, and besides at each time of such slots: medians too. */
export class UsualAtLoad {
  readonly #curve: LoadCurve;
  readonly #slots: TimeSlots;
  readonly #atTime = new Map<number, number>();

  /** @param hours what it is learned from @param curve over the load, of the same hours */
  constructor(hours: readonly LoadedHour[], curve: LoadCurve, slots: TimeSlots) {
    this.#curve = curve;
    this.#slots = slots;
    const byTime = new Map<number, number[]>();
    for (const hour of hours) {
      const off = curve.off(hour);
      if (off === null) continue;
      const slot = slots.slotOf(hour.t);
      const offs = byTime.get(slot);
      if (offs === undefined) byTime.set(slot, [off]);
      else offs.push(off);
    }
    for (const [slot, offs] of byTime) if (offs.length >= slots.leastHours) this.#atTime.set(slot, median(offs)!);
  }

  /** By how much the logarithm of an hour's value is above the usual one; null where such a load, or its time, was never seen. */
  off(hour: LoadedHour): number | null {
    const off = this.#curve.off(hour);
    const usual = this.#atTime.get(this.#slots.slotOf(hour.t));
    return off === null || usual === undefined ? null : off - usual;
  }
}

function knotsOf(sorted: readonly LoadedHour[]): Knot[] {
  return Array.from({ length: KNOTS }, (_, i) => {
    const part = sorted.slice(Math.floor((i * sorted.length) / KNOTS), Math.floor(((i + 1) * sorted.length) / KNOTS));
    return part.length === 0
      ? []
      : [{ load: median(part.map(({ load }) => load!))!, level: median(part.map(levelOf))! }];
  }).flat();
}

/** On the line between the knots beside it, beyond the outermost ones on the line on. */
function levelAt(knots: readonly Knot[], load: number): number {
  const above = knots.findIndex((knot) => knot.load >= load);
  const right = Math.max(1, above < 0 ? knots.length - 1 : above);
  const [a, b] = [knots[right - 1]!, knots[right]!];
  return b.load === a.load ? a.level : a.level + ((b.level - a.level) * (load - a.load)) / (b.load - a.load);
}

const levelOf = ({ value }: LoadedHour): number => Math.log(value);
