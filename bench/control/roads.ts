import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ConfigError } from '../../src/foundation/errors.js';
import { madeUpLoad, trafficLoad } from '../alerts/traffic-load.js';
import { OptionError } from '../harness/options.js';
import type { SampledCurve } from './curve.js';

/** Roads whose counts were recorded, by the name that traces call them by, and the file of each. */
export const ROADS = {
  interstate: 'Metro_Interstate_Traffic_Volume.csv.gz',
  lane: 'pems_lane_flow_5min_train.csv',
  cycles: 'seattle_bike_spokane-st.json.gz',
} as const;
export type Road = keyof typeof ROADS;

const HOUR_S = 3600;

/**
 * Traffic of a road from a Monday, 0:00, on: 0 to 1, its busiest.
 *
 * @param folder with the recorded counts; null: a made-up week stands for each of them
 * @throws OptionError where the folder has them not, ConfigError where they are fewer than asked for
 */
export function roadCurve(road: Road, hours: number, folder: string | null): SampledCurve {
  if (folder === null) return madeUp(road, hours);
  const file = join(folder, ROADS[road]);
  if (!existsSync(file)) throw new OptionError(`--traffic: expected ${ROADS[road]} in ${folder}, there is none`);
  const curve = road === 'interstate' ? interstate(file, hours) : road === 'lane' ? lane(file) : cycles(file);
  if (curve.at.at(-1)! < hours * HOUR_S) throw new ConfigError(file, [`expected counts of ${hours} h, got fewer`]);
  return curve;
}

function interstate(file: string, hours: number): SampledCurve {
  const load = trafficLoad(file, Math.ceil(hours / 168) * 168 + 24);
  return everyHour(Math.ceil(hours) + 1, load);
}

/** Vehicles per five minutes on one lane; weekdays only, so that one day follows the other without the weekend. */
function lane(file: string): SampledCurve {
  const rows = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  const counts = rows.map((row) => Number(row.split(',')[1]));
  const most = Math.max(...counts);
  return { at: counts.map((_, i) => i * 300), values: counts.map((one) => one / most) };
}

/** Cyclists an hour over a bridge, from the first Monday of a summer on. */
function cycles(file: string): SampledCurve {
  const hourly = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Readonly<Record<string, string>>[];
  const start = hourly.findIndex(({ date }) => date!.startsWith('2017-06-05T00'));
  const counts = hourly.slice(start, start + 24 * 28).map((row) => {
    const total = Object.entries(row).find(([key]) => key.endsWith('total'))?.[1];
    return Number(total ?? 0);
  });
  const most = Math.max(1, ...counts);
  return { at: counts.map((_, i) => i * HOUR_S), values: counts.map((one) => one / most) };
}

/** The same week with two rush hours a day; a lane has sharper ones, cyclists hardly ride at night. */
function madeUp(road: Road, hours: number): SampledCurve {
  const power = road === 'interstate' ? 1 : road === 'lane' ? 1.4 : 2;
  return everyHour(Math.ceil(hours) + 1, (hour) => madeUpLoad(hour) ** power);
}

function everyHour(hours: number, load: (hour: number) => number): SampledCurve {
  const at = Array.from({ length: hours }, (_, hour) => hour * HOUR_S);
  return { at, values: at.map((_, hour) => load(hour)) };
}
