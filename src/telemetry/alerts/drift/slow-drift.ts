import { median } from '../../../foundation/statistics.js';
import { rankShift } from './rank-shift.js';
import type { LoadedHour } from './usual-at-load.js';
import { type OffHour, offHours, usualWeeks } from './usual-weeks.js';

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
const RECENT_DAYS = 3;
/** The last days, which are compared ... */
export const RECENT_MS: number = RECENT_DAYS * DAY_MS;
/** ... with the weeks before. */
export const BASELINE_MS: number = 28 * DAY_MS;
/** Hours in a row are alike: the median of so many counts as one. */
const BLOCK_MS = 6 * HOUR_MS;
/** Hours that must be known of the weeks before, and of the last days a share. */
const LEAST_BASELINE_HOURS = 14 * 24;
const LEAST_RECENT_SHARE = 0.5;
const LEAST_DAY_HOURS = 8;
/** Ranks further off than that are no chance. */
const LEAST_Z = 3;
/**
 * So many times what days in the weeks before were off at most. Chance alone gives that once in eight months where a series wanders by far
 * more than `least` (4 times a year at 1.2, once in two years at 1.8, where one in ten of the losses that are found at 1.5 is missed).
 */
const OVER_USUAL = 1.5;
/** So many of the last three days are worse by `least`, the latest one among them. */
const WORSE_DAYS = 2;
/** Share of the blocks of these days that are worse by half of `least`. */
const WORSE_SHARE = 0.75;

/**
 * Whether the last three days of a series are worse than the four weeks before, hour by hour at the same load and time: by as much as
 * matters, by more than chance and more than such days ever differed, on two days at least, and in most of their hours. What began to grow
 * during the first of them is judged by the other two.
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
  const { offs, usual } = usualWeeks(before, baselineEnd);
  const sign = direction === 'up' ? 1 : -1;
  const worseBy = (hour: OffHour): OffHour => ({ ...hour, off: sign * hour.off });
  const recent = offHours(
    usable.filter(({ t }) => t >= now - RECENT_MS && t < now),
    usual,
  ).map(worseBy);
  const baseline = offs.map(worseBy);
  const spans = [RECENT_DAYS, WORSE_DAYS].flatMap((days) => spanOf(recent, baseline, { days, now, baselineEnd }));
  const all = spans[0];
  if (all === undefined || all.days !== RECENT_DAYS) return null;
  const isMore = ({ shift, usualShift }: Span) => shift >= least && shift >= OVER_USUAL * usualShift;
  const worst = spans.find(isMore);
  const { shift, usualShift } = worst ?? all;
  const blocks = blocksOf(recent);
  const z = rankShift(
    blocks.map(({ off }) => off),
    blocksOf(baseline).map(({ off }) => off),
  );
  const lasts = isLasting(recent, blocks, now, least);
  const value = median(recent.map((one) => one.value))!;
  return {
    isWorse: worst !== undefined && z >= LEAST_Z && lasts,
    shift,
    z,
    usualShift,
    value,
    expected: value / Math.exp(sign * shift),
    since: beginOf(blocks, least) ?? now,
  };
}

function isLasting(recent: readonly OffHour[], blocks: readonly OffHour[], now: number, least: number): boolean {
  const within = (some: readonly OffHour[], from: number, to: number) => some.filter(({ t }) => t >= from && t < to);
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
function blocksOf(hours: readonly OffHour[]): OffHour[] {
  const byBlock = new Map<number, OffHour[]>();
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

/** Some of the last days, and what as many days of the weeks before were. */
interface Span {
  readonly days: number;
  readonly shift: number;
  readonly usualShift: number;
}

/** @returns none where too few hours are known */
function spanOf(
  recent: readonly OffHour[],
  baseline: readonly OffHour[],
  { days, now, baselineEnd }: { readonly days: number; readonly now: number; readonly baselineEnd: number },
): Span[] {
  const shift = shiftOf(recent, now, days);
  if (shift === null) return [];
  let usualShift = 0;
  for (let to = baselineEnd; to - days * DAY_MS >= baselineEnd - BASELINE_MS; to -= DAY_MS) {
    usualShift = Math.max(usualShift, Math.abs(shiftOf(baseline, to, days) ?? 0));
  }
  return [{ days, shift, usualShift }];
}

/** Median of the days before a time; null where too few of their hours are known. */
function shiftOf(hours: readonly OffHour[], to: number, days: number): number | null {
  const some = hours.filter(({ t }) => t >= to - days * DAY_MS && t < to);
  return some.length >= LEAST_RECENT_SHARE * 24 * days ? middleOff(some) : null;
}

/** The block from which on most are worse. */
function beginOf(blocks: readonly OffHour[], least: number): number | null {
  const from = blocks.findIndex(
    ({ off }, i) =>
      off >= least / 2 &&
      blocks.slice(i).filter((later) => later.off >= least / 2).length >= WORSE_SHARE * (blocks.length - i),
  );
  return blocks[from]?.t ?? null;
}

const middleOff = (some: readonly OffHour[]): number | null => median(some.map(({ off }) => off));
