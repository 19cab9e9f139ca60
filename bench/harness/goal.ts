import type { Goal } from './report.js';
import { round } from './statistics.js';

/** A goal that a figure reaches from a least value on; null was not measured. */
export const atLeast = (name: string, value: number | null, least: number): Goal => ({
  name,
  value: value === null ? null : round(value),
  goal: `>= ${round(least)}`,
  met: value === null ? null : value >= least,
});

/** A goal that a figure keeps up to a most value; null was not measured. */
export const atMost = (name: string, value: number | null, most: number): Goal => ({
  name,
  value: value === null ? null : round(value),
  goal: `<= ${round(most)}`,
  met: value === null ? null : value <= most,
});
