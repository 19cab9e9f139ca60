import { quantile, sum } from '../../src/foundation/statistics.js';
import { atLeast, atMost } from '../harness/goal.js';
import type { Goal } from '../harness/report.js';
import { median } from '../harness/statistics.js';
import type { CaseOutcome } from './outcome.js';

/** What the controller is to reach over all boards and traces. */
export function goalsOf(cases: readonly CaseOutcome[]): Goal[] {
  const ofOracle = cases.map(({ ours, oracle }) => ratio(ours.accuracy, oracle.accuracy));
  const ofFixed = cases.map(({ ours, bestFixed }) => ratio(ours.accuracy, bestFixed.accuracy));
  const cool = cases.filter(({ oracle }) => oracle.throttledS === 0);
  const energy = cases.map(({ ours, oracle }) => ratio(ours.joules, oracle.joules));
  const left = cases.flatMap(({ windowsToLeave }) => windowsToLeave ?? []);
  const decisions = cases.flatMap(({ ours }) => ours.decisionMs.slice(-20_000));
  return [
    atLeast("effective accuracy, of the oracle's, median", median(ofOracle), 0.97),
    atLeast("effective accuracy, of the oracle's, worst", Math.min(...ofOracle), 0.93),
    atLeast("effective accuracy, of the best fixed one's, worst", Math.min(...ofFixed), 0.99),
    atMost(
      's throttled where the oracle manages 0',
      cool.length === 0 ? null : sum(cool.map(({ ours }) => ours.throttledS)),
      0,
    ),
    atMost("energy, of the oracle's, median", median(energy), 1.03),
    atMost("energy, of the oracle's, worst", Math.max(...energy), 1.03),
    atMost('switches in any hour, most', Math.max(...cases.map(({ ours }) => ours.mostSwitchesAnHour)), 6),
    atMost('windows until a spoilt point was left, most', left.length === 0 ? null : Math.max(...left), 2),
    atMost('ms per decision, p99', quantile(decisions, 0.99), 0.5),
  ];
}

export const ratio = (a: number, b: number): number => (b === 0 ? (a === 0 ? 1 : Number.POSITIVE_INFINITY) : a / b);
