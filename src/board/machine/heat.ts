import type { SensorReadings } from './sensors/sensor.js';

/** °C of the warmest part; null where nothing tells. */
export function warmestOf(sensors: SensorReadings): number | null {
  let warmest: number | null = null;
  for (const { value } of sensors.of('temperature')) {
    if (value !== null && value > (warmest ?? Number.NEGATIVE_INFINITY)) warmest = value;
  }
  return warmest;
}

/**
 * °C that the warmest part would have when the first of all is slowed down by heat, if all became warmer alike. Each part has a
 * point of its own, and a graphics chip may be nearer to its point than a warmer processor is.
 *
 * @returns null where no part tells both its temperature and its point
 */
export function throttlePoint(sensors: SensorReadings): number | null {
  const temperatures = new Map<string, number>();
  for (const { name, value } of sensors.of('temperature')) if (value !== null) temperatures.set(name, value);
  const warmest = Math.max(...temperatures.values());
  let least: number | null = null;
  for (const { name, value: point } of sensors.of('throttle-at')) {
    const temperature = temperatures.get(name);
    if (point === null || temperature === undefined) continue;
    // so that the warmest part's own point comes out as it is
    const would = temperature === warmest ? point : warmest + (point - temperature);
    if (least === null || would < least) least = would;
  }
  return least;
}
