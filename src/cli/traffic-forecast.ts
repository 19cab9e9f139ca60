import { type ForecastHour, forecast } from '../forecast/forecast.js';
import { HOUR_MS } from '../forecast/hourly-series.js';
import { type CountedPlace, trafficHours } from '../forecast/traffic-hours.js';
import { brailleChart } from './braille-chart.js';
import { chosenViewer } from './chosen-viewer.js';
import { type HistoryPlace, historyFile } from './history/file.js';
import { readCounts, refusedCounts, refuseUnknownCamera } from './kept-counts.js';
import { print, printCsv, printJson, tableLines } from './print.js';
import { isoTime, longTime } from './times.js';

/** Flags of `traffic --forecast`. */
export interface ForecastFlags extends HistoryPlace {
  readonly camera?: string;
  /** Id: only what its cameras counted. */
  readonly tenant?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

type Foretold = Omit<CountedPlace, 'series'> & { readonly hours: readonly ForecastHour[] };

/** As far back as the forecast looks. */
const PAST_MS = 26 * 7 * 24 * HOUR_MS;
const CHART = { width: 48, height: 4 };

/**
 * `traffic --forecast`: how many vehicles will come in each of the next 24 hours, at each line and into each zone.
 *
 * @param now Unix ms
 * @throws ConfigError where there is no history, or too short a one; EdgeError E_OUTPUT where it cannot be read
 */
export function showForecast(options: ForecastFlags, now = Date.now()): number {
  const { camera } = options;
  const { file, config } = historyFile(options);
  const viewer = chosenViewer(config, options.tenant);
  const { intervals, cameras } = readCounts(file, { from: now - PAST_MS, to: now }, viewer, camera);
  refuseUnknownCamera(camera, cameras);
  const foretold = trafficHours(intervals, now).flatMap(({ series, ...place }): Foretold[] => {
    const hours = forecast(series);
    return hours === null ? [] : [{ ...place, hours }];
  });
  if (foretold.length === 0) {
    throw refusedCounts(['--forecast: expected two days of counts or more at a line or in a zone, got less']);
  }
  if (options.json) printJson({ from: foretold[0]!.hours[0]!.at, places: foretold });
  else if (options.csv) tellCsv(foretold);
  else for (const place of foretold) for (const line of lines(place)) print(line);
  return 0;
}

function lines({ camera, place, direction, hours }: Foretold): string[] {
  const high = Math.max(1, ...hours.map((hour) => hour.high ?? hour.expected));
  const points = hours.map(({ at, expected }) => ({ t: at, value: expected }));
  const from = hours[0]!.at;
  const to = hours.at(-1)!.at + HOUR_MS;
  const chart = brailleChart(points, { ...CHART, from, to, stepMs: HOUR_MS, low: 0, high });
  const rows = hours.map(({ at, expected, low, high: most }) => [
    longTime(at),
    `${Math.round(expected)}`,
    low === null ? '-' : `${low} to ${most}`,
  ]);
  return [
    `${camera}, ${place}, ${direction}`,
    ...chart,
    ...tableLines([['from (UTC)', 'vehicles', '9 of 10 times'], ...rows]),
    '',
  ];
}

function tellCsv(foretold: readonly Foretold[]): void {
  printCsv(['from', 'camera', 'line_or_zone', 'direction', 'expected', 'low', 'high']);
  for (const { camera, place, direction, hours } of foretold) {
    for (const { at, expected, low, high } of hours) {
      printCsv([isoTime(at), camera, place, direction, Math.round(expected * 10) / 10, low ?? '', high ?? '']);
    }
  }
}
