import { HOUR_MS } from '../../src/forecast/hourly-series.js';
import { Random } from '../../src/simulator/random.js';
import type { LoadedHour } from '../../src/telemetry/alerts/drift/usual-at-load.js';
import type { CountSeries } from '../forecast/hourly-counts.js';

/** How a metric of a device follows its load, and how it moves besides. */
export interface MadeUpMetric {
  /** @param busy share of the busiest hour, 0..1 */
  readonly level: (busy: number) => number;
  /** Standard deviation of a slow wander that forgets half of itself in a day and a half, as a share of the level. */
  readonly wanders: number;
  /** Of each hour by itself. */
  readonly noise: number;
}

/** Estimated F1: more vehicles hide each other. */
export const MADE_UP_ACCURACY: MadeUpMetric = { level: (busy) => 0.95 - 0.04 * busy, wanders: 0.008, noise: 0.004 };

/** p95 of the latency in ms: it grows with the load, and faster where frames begin to wait. */
export const MADE_UP_LATENCY: MadeUpMetric = {
  level: (busy) => 40 + 30 * busy + 37 * Math.max(0, busy - 0.79),
  wanders: 0.02,
  noise: 0.02,
};

/** What is kept of the wander from one hour to the next. */
const KEPT = 0.98;
/** What a device knows of its load is not the traffic itself: off by this share. */
const LOAD_NOISE = 0.05;

/** Hours of a metric under the traffic of a real road; hours whose counts are not known are left out. */
export function deviceHours({ from, values }: CountSeries, metric: MadeUpMetric, seed: number): LoadedHour[] {
  const random = new Random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const most = values.reduce((so, value) => (value > so ? value : so), 0);
  const hours: LoadedHour[] = [];
  let wander = 0;
  for (const [i, counted] of values.entries()) {
    wander = KEPT * wander + Math.sqrt(1 - KEPT ** 2) * metric.wanders * normal();
    const [noise, loadNoise] = [metric.noise * normal(), LOAD_NOISE * normal()];
    if (Number.isNaN(counted)) continue;
    const busy = counted / most;
    hours.push({
      t: from + i * HOUR_MS,
      value: metric.level(busy) * (1 + wander + noise),
      load: busy * (1 + loadNoise),
    });
  }
  return hours;
}
