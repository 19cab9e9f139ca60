import { median } from '../../foundation/statistics.js';

/** Times of two ways to do one thing, taken one right after the other; ms, or whatever both have. */
export type PairOfTimes = readonly [first: number, second: number];

/** Of one of the times, differences that are a machine's and not the ways': where pages lie, what a cache held. */
const MACHINE = 0.02;
/** Pairs after which a difference of so many times is believed, if all say it; fewer show nothing. */
const EARLY: readonly { readonly pairs: number; readonly times: number }[] = [
  { pairs: 3, times: 2 },
  { pairs: 5, times: 1.25 },
];
/** Pairs after which what all of them say is believed, and of which a middle within `MACHINE` is a tie. */
const SOME_PAIRS = 9;
/** Pairs that are taken at most: of ways alike, so many of them say the same less than once in a hundred times. */
const MOST_PAIRS = 25;
const AGREEING = 20;

/**
 * How many times as long the first way takes as the second; 1 where they cannot be told apart, null while more pairs are needed to say.
 * Each pair counts alike: other work of the machine comes and goes between pairs, and makes both times of one longer.
 */
export function timesAsLong(pairs: readonly PairOfTimes[]): number | null {
  const ratios = pairs.map(([first, second]) => first / Math.max(second, Number.MIN_VALUE));
  const middle = median(ratios);
  const early = EARLY.find(({ pairs: enough }) => enough === ratios.length);
  if (early !== undefined && agreeing(ratios, early.times) === ratios.length) return middle;
  if (middle === null || ratios.length < SOME_PAIRS) return null;
  if (Math.abs(Math.log(middle)) <= MACHINE) return 1;
  const agreed = agreeing(ratios, 1);
  if (ratios.length === SOME_PAIRS && agreed === SOME_PAIRS) return middle;
  if (ratios.length < MOST_PAIRS) return null;
  return agreed >= AGREEING ? middle : 1;
}

/** How many say that one and the same way is faster by more than so many times. */
const agreeing = (ratios: readonly number[], times: number): number =>
  Math.max(ratios.filter((ratio) => ratio > times).length, ratios.filter((ratio) => ratio < 1 / times).length);
