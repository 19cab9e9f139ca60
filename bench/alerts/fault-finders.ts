import { AdaptiveAlerts } from '../../src/telemetry/alerts/adaptive/adaptive-alerts.js';
import { HourlyGrowth } from '../../src/telemetry/alerts/adaptive/hourly-growth.js';
import { WATCHED_METRICS, type WatchedMetric } from '../../src/telemetry/alerts/adaptive/watched-metric.js';
import { MINUTES_A_DAY } from './device-days.js';
import type { FaultFinder } from './fault-score.js';

/** The alerts that the product ships, learning for a day as it does. */
export function adaptiveFinder(): FaultFinder {
  const adaptive = new AdaptiveAlerts(WATCHED_METRICS, MINUTES_A_DAY);
  return (t, readings) =>
    new Map(adaptive.see(t, readings).alerts.map(({ code, alert }) => [code, alert !== null] as const));
}

const SIGMAS = 3;
/** Minutes that the product holds back too. */
const HOLD = 3;
const CALM = 10;

/** Of one series: the mean and variance of the days that are learned from, and what is beyond three deviations for three minutes. */
class SigmaLimit {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #off = 0;
  #calm = 0;
  holds = false;

  constructor(
    readonly rule: WatchedMetric,
    readonly growth: HourlyGrowth | null,
  ) {}

  see(value: number, isLearning: boolean): void {
    if (isLearning) {
      const off = value - this.#mean;
      this.#mean += off / ++this.#count;
      this.#squares += off * (value - this.#mean);
      return;
    }
    const limit = SIGMAS * Math.sqrt(this.#squares / this.#count);
    const above = (value - this.#mean) * (this.rule.direction === 'down' ? -1 : 1);
    this.#off = above > limit ? this.#off + 1 : 0;
    this.#calm = above > limit / 2 ? 0 : this.#calm + 1;
    if (this.#off >= HOLD) this.holds = true;
    else if (this.#calm >= CALM) this.holds = false;
  }
}

/** The rival: limits at mean ± 3 σ of the learning days, on the same metrics, sides and codes, with the same patience. */
export function sigmaFinder(learnMinutes: number): FaultFinder {
  const limits = new Map<string, SigmaLimit>();
  let minute = 0;
  return (t, readings) => {
    const isLearning = minute++ < learnMinutes;
    for (const { name, value } of readings) {
      for (const [i, rule] of WATCHED_METRICS.entries()) {
        if (name !== rule.metric && !name.startsWith(`${rule.metric}.`)) continue;
        const key = `${name} ${i}`;
        let limit = limits.get(key);
        if (!limit) limits.set(key, (limit = new SigmaLimit(rule, rule.growth ? new HourlyGrowth() : null)));
        const seen = limit.growth === null ? value : limit.growth.add(t, value);
        if (seen !== null) limit.see(seen, isLearning);
      }
    }
    const codes = [...new Set(WATCHED_METRICS.map(({ code }) => code))];
    return new Map(
      codes.map(
        (code) => [code, [...limits.values()].some((limit) => limit.rule.code === code && limit.holds)] as const,
      ),
    );
  };
}
