import type { ThresholdsConfig } from '../../config/config.js';
import type { Alerts } from './alerts.js';
import { ThresholdWatch } from './threshold-watch.js';
import { THRESHOLDS, type Threshold, type ThresholdReadings } from './thresholds.js';

/** A value that moved by this share of what was told of it is told anew, where the threshold says no other: less is no news, and the same alert. */
const NEWS = 0.2;

interface Watched {
  readonly threshold: Threshold;
  readonly watch: ThresholdWatch;
  told: Told | null;
}

type Told = ReturnType<typeof alertOf>;

/** Raises and clears the alerts of every threshold, as readings come. */
export class ThresholdAlerts {
  readonly declarations = THRESHOLDS.map(({ declaration }) => declaration);
  readonly #alerts: Pick<Alerts, 'set'>;
  readonly #watches: readonly Watched[] = THRESHOLDS.map((threshold) => ({
    threshold,
    watch: new ThresholdWatch(),
    told: null,
  }));

  constructor(alerts: Pick<Alerts, 'set'>) {
    this.#alerts = alerts;
  }

  /** @param now ms on a clock that only goes forward */
  look(now: number, readings: ThresholdReadings, config: ThresholdsConfig): void {
    for (const watched of this.#watches) {
      const { threshold, watch } = watched;
      const value = threshold.value(readings);
      const rule = threshold.rule(config);
      const holds = watch.update(now, value, rule);
      // one that holds while its reading is missing keeps what it said
      if (holds && (value === null || rule === null)) continue;
      const alert = holds ? alertOf(threshold, value!, rule!.limit, readings) : null;
      if (alert === null || isNews(alert, watched.told, threshold.news)) this.#tell(watched, alert);
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
