import { mean, median } from '../../foundation/statistics.js';
import type { Score } from '../optimization-strategy.js';
import type { TrialScore, TrialVerdict } from './trial.js';

/** Below so many scores a median says nothing. */
export const LEAST_SCORES = 3;
/** Of so many scores in a row means are made, whose median is taken, so many times the square root of their number. */
const BLOCKS = 1.5;
/** The share of the score before that nobody would care about. */
const LEAST_EFFECT = 0.01;
/** Standard errors that two medians of one and the same thing are seldom apart. */
const SURE = 3;
/** Standard deviation of a normal distribution over its median absolute deviation; and of its median over its mean. */
const DEVIATION_OF_MAD = 1.4826;
const MEDIAN_TO_MEAN = 1.2533;

/** What is wanted of a trial. */
export interface Aim {
  /** In units of the score; default a hundredth of the score before. */
  readonly leastEffect?: number | undefined;
  readonly mustPay?: boolean | undefined;
}

/** What is to be done: `more`: it cannot be told yet. */
export interface TrialJudgement {
  readonly verdict: TrialVerdict | 'more';
  /** With the numbers. */
  readonly why: string;
}

/**
 * The median of the means of blocks of scores, with how far it may be off; null where there are too few. What is no number is
 * left out. Means, because what comes in clumps (hits of a cache, a camera's rush) has a median of nothing; their median, because
 * a hiccup is no effect.
 */
export function scoreSummary(scores: readonly Score[]): TrialScore | null {
  const values = scores
    .flatMap(({ value, without }) => (value === null ? [] : value - (without ?? 0)))
    .filter((value) => Number.isFinite(value));
  if (values.length < LEAST_SCORES) return null;
  const means = blocksOf(values).map((block) => mean(block)!);
  const value = median(means)!;
  const error = MEDIAN_TO_MEAN * Math.max(errorOfMean(means), robustError(values));
  return { value: digits(value, 6), error: digits(error, 3), samples: values.length, parts: partsOf(scores) };
}

/**
 * Judges a score after a change against the one before it.
 *
 * @param isLastWindow there is no more time: what cannot be told for sure is told by what is more likely
 */
export function judgeScores(before: TrialScore, after: TrialScore, aim: Aim, isLastWindow: boolean): TrialJudgement {
  const effect = after.value - before.value;
  const least = aim.leastEffect ?? Math.abs(before.value) * LEAST_EFFECT;
  const noise = SURE * Math.hypot(before.error, after.error);
  const said = `the score went from ${number(before.value)} to ${number(after.value)} (noise ${number(noise)})`;
  const isSure = Math.abs(effect) >= noise;
  if (effect < -least && (isSure || isLastWindow)) return { verdict: 'rolled-back', why: `it harms: ${said}` };
  if (aim.mustPay) {
    const isClear = isLastWindow || Math.abs(effect - least) >= noise;
    if (!isClear) return { verdict: 'more', why: said };
    return effect >= least
      ? { verdict: 'kept', why: `it pays: ${said}` }
      : { verdict: 'rolled-back', why: `it does not pay: ${said}` };
  }
  if (effect < -least) return { verdict: 'more', why: said };
  const word = effect > least && isSure ? 'it helps' : 'it does no harm';
  return { verdict: 'kept', why: `${word}: ${said}` };
}

function errorOfMean(values: readonly number[]): number {
  const centre = mean(values)!;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Of single scores, were none like the one before it; few blocks may be near each other by chance. */
function robustError(values: readonly number[]): number {
  const centre = median(values)!;
  const distances = values.map((value) => Math.abs(value - centre));
  return (DEVIATION_OF_MAD * median(distances)!) / Math.sqrt(values.length);
}

/** Some times the square root of their number, as even as can be; each one alone where they are few. */
function blocksOf(values: readonly number[]): number[][] {
  const count = Math.min(values.length, Math.max(LEAST_SCORES, Math.round(BLOCKS * Math.sqrt(values.length))));
  const begin = (block: number) => Math.round((block * values.length) / count);
  return Array.from({ length: count }, (_, block) => values.slice(begin(block), begin(block + 1)));
}

function partsOf(scores: readonly Score[]): Record<string, number | null> {
  const names = new Set(scores.flatMap(({ parts }) => Object.keys(parts)));
  const means = [...names].map((name) => {
    const all = mean(scores.flatMap(({ parts }) => parts[name] ?? []).filter((part) => Number.isFinite(part)));
    return [name, all === null ? null : digits(all, 4)] as const;
  });
  return Object.fromEntries(means);
}

const number = (value: number): string => String(digits(value, 3));

/** The rest is noise, and in the way of whoever reads it. */
const digits = (value: number, count: number): number => Number(value.toPrecision(count));
