import type { Config } from '../../config/config.js';
import type { PromisedChange, ReportTerms } from '../../report/day/day-facts.js';
import type { OptimizationReport } from '../../tune/engine/report.js';

/** What the configuration says about what is good enough and what it costs. */
export function reportTerms({ report, tune, answer }: Pick<Config, 'report' | 'tune' | 'answer'>): ReportTerms {
  return {
    currency: report.currency,
    costPerKwh: tune.costPerKwh,
    costPerGb: tune.costPerGb,
    accuracyFloor: answer.accuracyFloor,
    latencyMs: tune.latencyMs,
  };
}

/** The changes that the tuning would try now, or is measuring for. */
export function prospectsOf({ strategies }: Pick<OptimizationReport, 'strategies'>): PromisedChange[] {
  return strategies.flatMap(({ strategy, outcome, change }) =>
    change === null || outcome !== 'would-try'
      ? []
      : [{ strategy, from: change.from, to: change.to, reason: change.reason }],
  );
}
