import { quantile } from '../../foundation/statistics.js';
import type { Score } from '../optimization-strategy.js';
import type { TrialScore, TrialVerdict } from './trial.js';

/** Below so many scores a median says nothing. */
export const LEAST_SCORES = 3;
/** The share of the score before that nobody would care about. */
const LEAST_EFFECT = 0.01;
/** Standard errors that two medians of one and the same thing are seldom apart. */
const SURE = 3;
/** Standard deviation of a normal distribution over its median absolute deviation; and of its median over its mean. */
const DEVIATION_OF_MAD = 1.4826;
const MEDIAN_TO_MEAN = 1.2533;
/** Successive scores resemble each other: so many of them are worth one. */
const ALIKE = 2;

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

/** The median of some scores, with how far it may be off; null where there are too few. */
export function scoreSummary(scores: readonly Score[]): TrialScore | null {
  const values = scores.flatMap(({ value, without }) => (value === null ? [] : value - (without ?? 0)));
  if (values.length < LEAST_SCORES) return null;
  const value = quantile(values, 0.5)!;
  const deviation =
    DEVIATION_OF_MAD *
    quantile(
      values.map((one) => Math.abs(one - value)),
      0.5,
    )!;
  const error = (MEDIAN_TO_MEAN * deviation) / Math.sqrt(Math.max(1, values.length / ALIKE));
  return { value, error, samples: values.length, parts: partsOf(scores) };
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

function partsOf(scores: readonly Score[]): Record<string, number | null> {
  const names = new Set(scores.flatMap(({ parts }) => Object.keys(parts)));
  const medians = [...names].map((name) => {
    const values = scores.flatMap(({ parts }) => parts[name] ?? []);
    return [name, quantile(values, 0.5)] as const;
  });
  return Object.fromEntries(medians);
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
