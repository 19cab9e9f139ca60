import { quantile } from '../../src/foundation/statistics.js';

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5) ?? Number.NaN;

/** Rounds for a report: 3 decimals. */
export const round = (value: number): number => Math.round(value * 1000) / 1000;
