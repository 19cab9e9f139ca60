import { quantile } from '../../../foundation/statistics.js';
import { rankShift } from './rank-shift.js';
import { type LoadedHour, UsualAtLoad } from './usual-at-load.js';

/** Which way a series becomes worse, and what matters. */
export interface DriftRule {
  readonly direction: 'up' | 'down';
  /** A shift that is smaller, as a share of what is usual, is none. */
  readonly least: number;
}

/** How the last days of a series compare with the weeks before. */
export interface DriftVerdict {
  readonly isWorse: boolean;
  /** Median shift towards the worse, as a share of what is usual. */
  readonly shift: number;
  /** Of the shift, in standard deviations of ranks that chance would give. */
  readonly z: number;
  /** The largest shift, of either sign, of as many days in the weeks before. */
  readonly usualShift: number;
  /** Median of the last days, and what it would be without the shift. */
  readonly value: number;
  readonly expected: number;
  /** Unix ms from which on it has been worse, as far as the last days tell. */
  readonly since: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The last days, which are compared ... */
export const RECENT_MS: number = 3 * DAY_MS;
/** ... with the weeks before. */
export const BASELINE_MS: number = 28 * DAY_MS;
/** Hours in a row are alike: the median of so many counts as one. */
const BLOCK_MS = 6 * HOUR_MS;
/** Hours that must be known of the weeks before, and of the last days. */
const LEAST_BASELINE_HOURS = 14 * 24;
const LEAST_RECENT_HOURS = 36;
const LEAST_DAY_HOURS = 8;
/** Ranks further off than that are no chance. */
const LEAST_Z = 3;
/** So many times what days in the weeks before were off. */
const OVER_USUAL = 1.2;
/** So many of the last three days are worse by `least`, the latest one among them. */
const WORSE_DAYS = 2;
/** Share of the blocks of these days that are worse by half of `least`. */
const WORSE_SHARE = 0.75;

interface Off {
  readonly t: number;
  readonly value: number;
  readonly off: number;
}

/**
 * Whether the last three days of a series are worse than the four weeks before, hour by hour at the same load and time of day: by as much as
 * matters, by more than chance and more than such days ever differed, on two days at least, and in most of their hours.
 *
 * @param hours in any order, of those weeks and days
 * @param now Unix ms
 * @param baselineEnd Unix ms at which the weeks before end; default where the last days begin
 * @returns null where too little is known
 */
export function slowDrift(
  hours: readonly LoadedHour[],
  now: number,
  { direction, least }: DriftRule,
  baselineEnd = now - RECENT_MS,
): DriftVerdict | null {
  const usable = hours.filter(({ value }) => Number.isFinite(value) && value > 0);
  const before = usable.filter(({ t }) => t >= baselineEnd - BASELINE_MS && t < baselineEnd);
  if (before.length < LEAST_BASELINE_HOURS) return null;
  const usual = new UsualAtLoad(before);
  const sign = direction === 'up' ? 1 : -1;
  const offOf = (some: readonly LoadedHour[]): Off[] =>
    some.flatMap((hour) => {
      const off = usual.off(hour);
      return off === null ? [] : [{ t: hour.t, value: hour.value, off: sign * off }];
    });
  const recent = offOf(usable.filter(({ t }) => t >= now - RECENT_MS && t < now));
  const shift = middleOff(recent);
  if (shift === null || recent.length < LEAST_RECENT_HOURS) return null;
  const baseline = offOf(before);
  const blocks = blocksOf(recent);
  const z = rankShift(
    blocks.map(({ off }) => off),
    blocksOf(baseline).map(({ off }) => off),
  );
  const usualShift = Math.max(...shiftsOf(baseline, baselineEnd));
  const lasts = isLasting(recent, blocks, now, least);
  const value = quantile(
    recent.map((one) => one.value),
    0.5,
  )!;
  return {
    isWorse: shift >= least && z >= LEAST_Z && shift >= OVER_USUAL * usualShift && lasts,
    shift,
    z,
    usualShift,
    value,
    expected: value / Math.exp(sign * shift),
    since: beginOf(blocks, least) ?? now,
  };
}

function isLasting(recent: readonly Off[], blocks: readonly Off[], now: number, least: number): boolean {
  const within = (some: readonly Off[], from: number, to: number) => some.filter(({ t }) => t >= from && t < to);
  const days = [1, 2, 3].map((back) => {
    const [from, to] = [now - back * DAY_MS, now - (back - 1) * DAY_MS];
    const day = within(recent, from, to);
    const isWorse = day.length >= LEAST_DAY_HOURS && middleOff(day)! >= least;
    return { isWorse, blocks: within(blocks, from, to) };
  });
  const worse = days.filter((day) => day.isWorse);
  const judged = worse.flatMap((day) => day.blocks);
  const share = judged.filter(({ off }) => off >= least / 2).length / judged.length;
  return days[0]!.isWorse && worse.length >= WORSE_DAYS && share >= WORSE_SHARE;
}

/** Medians of each stretch of 6 h that is known by half. */
function blocksOf(hours: readonly Off[]): Off[] {
  const byBlock = new Map<number, Off[]>();
  for (const hour of hours) {
    const t = Math.floor(hour.t / BLOCK_MS) * BLOCK_MS;
    const block = byBlock.get(t);
    if (block === undefined) byBlock.set(t, [hour]);
    else block.push(hour);
  }
  return [...byBlock]
    .filter(([, part]) => part.length >= BLOCK_MS / HOUR_MS / 2)
    .map(([t, part]) => ({ t, value: part[0]!.value, off: middleOff(part)! }))
    .sort((a, b) => a.t - b.t);
}

/** How far any three days of the weeks before were off, day by day. */
function shiftsOf(baseline: readonly Off[], end: number): number[] {
  const shifts: number[] = [0];
  for (let to = end; to - RECENT_MS >= end - BASELINE_MS; to -= DAY_MS) {
    const some = baseline.filter(({ t }) => t >= to - RECENT_MS && t < to);
    if (some.length >= LEAST_RECENT_HOURS) shifts.push(Math.abs(middleOff(some)!));
  }
  return shifts;
}

/** The block from which on most are worse. */
function beginOf(blocks: readonly Off[], least: number): number | null {
  const from = blocks.findIndex(
    ({ off }, i) =>
      off >= least / 2 &&
      blocks.slice(i).filter((later) => later.off >= least / 2).length >= WORSE_SHARE * (blocks.length - i),
  );
  return blocks[from]?.t ?? null;
}

const middleOff = (some: readonly Off[]): number | null =>
  quantile(
    some.map(({ off }) => off),
    0.5,
  );
