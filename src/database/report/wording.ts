import { mebibytes } from '../../foundation/mebibytes.js';
import type { IndexToDrop } from '../advisor/advice.js';
import type { HealthTrend } from '../health/trend.js';

/** Milliseconds as people read them: `0.123 ms`, `12.3 ms`, `1234 ms`. */
export const milliseconds = (ms: number): string =>
  `${ms < 10 ? ms.toFixed(3) : ms < 1000 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** Why an index can go. */
export function whyNeedless({ why, instead }: IndexToDrop): string {
  if (why === 'invalid') return 'its build was cut off: it is kept up, and no query can use it';
  return why === 'redundant' ? `${instead} does its work` : 'no statement is planned with it';
}

/** How it is beside the reports before, a sentence each. */
export function trendInWords({ moments, usual, grown, worse }: HealthTrend): string[] {
  const first = moments[0];
  if (first === undefined) return ['the first report that is kept: the next ones are held against it'];
  const reports = moments.length === 1 ? 'the report' : `${moments.length} reports`;
  const growth =
    grown === null || grown === 0 ? '' : `, ${mebibytes(Math.abs(grown))} ${grown > 0 ? 'more' : 'less'} since`;
  return [
    `usually ${usual === null ? 'not measured' : Math.round(usual)}, by ${reports} since ${first.at}${growth}`,
    ...worse.map(({ name, from, to }) => `worse than usual: ${name}, ${from.toFixed(2)} -> ${to.toFixed(2)}`),
  ];
}
