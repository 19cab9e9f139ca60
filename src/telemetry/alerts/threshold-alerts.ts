import type { ThresholdsConfig } from '../../config/config.js';
import type { AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { Alerts } from './alerts.js';
import { excessOf, ThresholdWatch } from './threshold-watch.js';
import { THRESHOLDS, type Threshold, type ThresholdReadings } from './thresholds.js';

/** A value that moved by this share of what was told of it is told anew, where the threshold says no other: less is no news, and the same alert. */
const NEWS = 0.2;

interface Watched {
  readonly threshold: Threshold;
  readonly watch: ThresholdWatch;
  told: Told | null;
}

type Told = ReturnType<typeof alertOf>;

/** Raises and clears the alerts of every threshold, as readings come; those that held before a restart go on. */
export class ThresholdAlerts {
  readonly declarations: readonly AlertDeclaration[];
  readonly #alerts: Pick<Alerts, 'set' | 'state'>;
  readonly #watches: readonly Watched[];
  #hasLooked = false;

  /** @param thresholds those that are watched; default all */
  constructor(alerts: Pick<Alerts, 'set' | 'state'>, thresholds = THRESHOLDS) {
    this.#alerts = alerts;
    this.declarations = thresholds.map(({ declaration }) => declaration);
    this.#watches = thresholds.map((threshold) => ({ threshold, watch: new ThresholdWatch(), told: null }));
  }

  /** @param now ms on a clock that only goes forward */
  look(now: number, readings: ThresholdReadings, config: ThresholdsConfig): void {
    this.#resume(now);
    for (const watched of this.#watches) {
      const { threshold, watch } = watched;
      const value = threshold.value(readings);
      const rule = threshold.rule(config);
      const holds = watch.update(now, value, rule);
      // one that holds while its reading is missing, or is not bad any more, keeps what it said
      if (holds && (value === null || rule === null || excessOf(value, rule) <= 0)) continue;
      const alert = holds ? alertOf(threshold, value!, rule!.limit, readings) : null;
      if (alert === null || isNews(alert, watched.told, threshold.news)) this.#tell(watched, alert);
    }
  }

  /** Without it one whose hold time is longer than what `Alerts` waits for would end and begin anew at each restart. */
  #resume(now: number): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    for (const { threshold, watch } of this.#watches) {
      if (this.#alerts.state(threshold.declaration.code)?.alert) watch.resume(now);
    }
  }

  #tell(watched: Watched, alert: Told | null): void {
    watched.told = alert;
    this.#alerts.set(watched.threshold.declaration.code, alert);
  }
}

function isNews(alert: Told, told: Told | null, news = NEWS): boolean {
  if (told === null || alert.expected !== told.expected) return true;
  if (JSON.stringify(alert.details) !== JSON.stringify(told.details)) return true;
  // a count is told as it is, with whom it counts
  if (alert.unit === 'cameras') return alert.message !== told.message;
  return Math.abs(alert.value - told.value) > news * Math.abs(told.value);
}

function alertOf(threshold: Threshold, value: number, limit: number, readings: ThresholdReadings) {
  const { declaration, unit, message } = threshold;
  const details = threshold.details?.(readings);
  return {
    severity: declaration.severities[0]!,
    message: message(value, limit, readings),
    value: Number(value.toPrecision(4)),
    expected: limit,
    unit,
    ...(details && { details }),
  };
}
