import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { OptionError } from '../harness/options.js';

const HOURS_A_WEEK = 168;

/** Traffic of each hour since a Monday, 0:00, as a share of the busiest. */
export type TrafficLoad = (hour: number) => number;

/** A week with two rush hours a day and quieter weekends, again and again. */
export const madeUpLoad: TrafficLoad = (hour) => {
  const [day, at] = [Math.floor(hour / 24) % 7, hour % 24];
  const around = (peak: number, width: number) => Math.exp(-((at - peak) ** 2) / width);
  const busy = Math.max(0.05, 0.9 * around(8, 8) + 0.95 * around(17, 10) + 0.45 * around(13, 20));
  return (day >= 5 ? 0.6 : 1) * busy;
};

/**
 * Hourly counts of a real road: rows with `date_time` (local) next to last and `traffic_volume` last, as in the Metro Interstate set; a row per weather,
 * of which the first counts. Hours that are missing are as they were a week before.
 *
 * @param hours so many, of the last ones that begin on a Monday
 * @throws OptionError where the file has fewer
 */
export function trafficLoad(file: string, hours: number): TrafficLoad {
  if (!existsSync(file)) throw new OptionError(`--traffic: there is no ${file}`);
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  const counts = new Map<number, number>();
  for (const line of text.trim().split('\n').slice(1)) {
    const cells = line.split(',');
    const hour = Date.parse(`${cells.at(-2)!.replace(' ', 'T')}Z`) / 3_600_000;
    if (!counts.has(hour)) counts.set(hour, Number(cells.at(-1)));
  }
  const last = Math.max(...counts.keys());
  const start = mondayBefore(last - hours);
  if (!(start >= Math.min(...counts.keys())))
    throw new OptionError(`--traffic: expected ${hours} hours, got fewer in ${file}`);
  const series: number[] = [];
  for (let hour = start; hour <= last; hour++) {
    series.push(counts.get(hour) ?? series[series.length - HOURS_A_WEEK] ?? 0);
  }
  const most = Math.max(...series);
  return (hour) => series[Math.min(hour, series.length - 1)]! / most;
}

/** The Unix hour 0 was a Thursday. */
const mondayBefore = (hour: number): number =>
  hour - ((((hour + 3 * 24) % HOURS_A_WEEK) + HOURS_A_WEEK) % HOURS_A_WEEK);
