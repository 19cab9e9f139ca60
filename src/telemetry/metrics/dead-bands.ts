import type { MetricRow } from '../../foundation/metric-row.js';

/** By how much a value must change to be told: by more than both. */
export interface DeadBand {
  /** In the metric's unit. */
  readonly least: number;
  /** Share of the value that was told last. */
  readonly share: number;
}

const SHARE = 0.05;
/** Of values that are never still, by unit. */
const LEAST: Readonly<Record<string, number>> = {
  '%': 5,
  '°C': 2,
  'frames/s': 1,
  ms: 2,
  s: 900,
  vehicles: 2,
  W: 1,
};

/**
 * The dead band of a metric: 5 % of its value, and more where the unit says so.
 *
 * @param name in MQTT
 * @param overrides by that name, or by its part before the first dot
 */
export function deadBandOf(
  name: string,
  row: Pick<MetricRow, 'unit' | 'type'>,
  overrides: Readonly<Record<string, number>>,
): DeadBand {
  const [family = name] = name.split('.');
  for (const key of [name, family]) if (Object.hasOwn(overrides, key)) return { least: overrides[key]!, share: 0 };
  // of what only grows, the first few are news
  return { least: row.type === 'counter' ? 0 : (LEAST[row.unit] ?? 0), share: SHARE };
}

/** Whether a number is to be told after another one. */
export function isNews(value: number, told: number, { least, share }: DeadBand): boolean {
  return value !== told && Math.abs(value - told) > Math.max(least, share * Math.abs(told));
}
