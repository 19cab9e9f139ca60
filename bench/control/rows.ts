import { quantile } from '../../src/foundation/statistics.js';
import type { Row } from '../harness/report.js';
import { median, round } from '../harness/statistics.js';
import type { Run } from './contenders.js';
import { ratio } from './goals.js';
import type { CaseOutcome } from './outcome.js';

/** One row per board and trace: the controller beside the others. */
export function caseRow(one: CaseOutcome): Row {
  const { plant, trace, ours, oracle, bestFixed, threshold, kernel, smallest, bound, windowsToLeave } = one;
  return {
    plant,
    trace,
    accuracy: round(ours.accuracy),
    ofOracle: round(ratio(ours.accuracy, oracle.accuracy)),
    ofBestFixed: round(ratio(ours.accuracy, bestFixed.accuracy)),
    oracle: round(oracle.accuracy),
    oracleOfBound: round(ratio(oracle.accuracy, bound)),
    threshold: round(threshold.accuracy),
    kernel: round(kernel.accuracy),
    smallest: round(smallest.accuracy),
    throttledS: ours.throttledS,
    oracleS: oracle.throttledS,
    thresholdS: threshold.throttledS,
    hottest: round(ours.hottest),
    energy: round(ratio(ours.joules, oracle.joules)),
    switches: ours.mostSwitchesAnHour,
    switchesMean: round(ours.switchesAnHour),
    windowsToLeave: windowsToLeave === null ? null : round(windowsToLeave),
    decisionMs: round(median(ours.decisionMs)),
    decisionP99: round(quantile([...ours.decisionMs], 0.99) ?? Number.NaN),
  };
}

/** One row per contender, over all boards and traces. */
export function contenderRows(cases: readonly CaseOutcome[]): Row[] {
  const contenders: readonly [string, (one: CaseOutcome) => Run][] = [
    ['tuning', ({ ours }) => ours],
    ['threshold steps', ({ threshold }) => threshold],
    ['kernel alone', ({ kernel }) => kernel],
    ['fixed smallest', ({ smallest }) => smallest],
    ['best fixed in hindsight', ({ bestFixed }) => bestFixed],
    ['oracle', ({ oracle }) => oracle],
  ];
  return contenders.map(([plant, of]) => {
    const ofOracle = cases.map((one) => ratio(of(one).accuracy, one.oracle.accuracy));
    return {
      plant,
      trace: `all ${cases.length}`,
      accuracy: round(median(cases.map((one) => of(one).accuracy))),
      ofOracle: round(median(ofOracle)),
      worstOfOracle: round(Math.min(...ofOracle)),
      throttledS: cases.reduce((sum, one) => sum + of(one).throttledS, 0),
      energy: round(median(cases.map((one) => ratio(of(one).joules, one.oracle.joules)))),
      switches: Math.max(...cases.map((one) => of(one).mostSwitchesAnHour)),
      switchesMean: round(cases.reduce((sum, one) => sum + of(one).switchesAnHour, 0) / cases.length),
    };
  });
}
