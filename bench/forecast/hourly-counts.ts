import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OptionError } from '../harness/options.js';

const HOUR_MS = 3_600_000;

/** Counts hour by hour; NaN where none was recorded. */
export interface CountSeries {
  readonly name: string;
  /** Unix ms of the first hour, local time taken for UTC: the hours of the week are those of the road. */
  readonly from: number;
  readonly values: Float64Array;
}

/**
 * The series of a folder: `*.csv` and `*.csv.gz` with a column of times and the counts in the last one (`traffic_volume`) or in
 * the first that is called a flow, `*.json.gz` with `date` and a series in each other column.
 *
 * @param option that names the folder, for messages
 * @throws OptionError where there is none
 */
export function hourlyCounts(folder: string, option: string): CountSeries[] {
  if (!existsSync(folder)) throw new OptionError(`--${option}: there is no folder ${folder}`);
  const byName = new Map<string, Map<number, number>>();
  for (const file of readdirSync(folder).sort()) {
    const name = file.replace(/(_train|_test)?\.(csv|json)(\.gz)?$/, '');
    if (/\.csv(\.gz)?$/.test(file)) addCsv(byName, name, textOf(join(folder, file)));
    if (/\.json(\.gz)?$/.test(file)) addJson(byName, name, textOf(join(folder, file)));
  }
  const series = [...byName].flatMap(([name, hours]) => (hours.size < 168 * 5 ? [] : [seriesOf(name, hours)]));
  if (series.length === 0)
    throw new OptionError(`--${option}: expected hourly counts of five weeks or more in ${folder}`);
  return series;
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\uFEFF/, '');
}

/** Rows of one hour that are parts of it add up; an hour that comes again is the same one. */
function addCsv(byName: Map<string, Map<number, number>>, name: string, text: string): void {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const columns = head!.split(',');
  const time = columns.findIndex((column) => /date_time|minutes/i.test(column));
  const flow = columns.findIndex((column) => /traffic_volume|flow/i.test(column));
  if (time < 0 || flow < 0) return;
  const hours = hoursOf(byName, name);
  const seen = new Set<number>();
  for (const line of lines) {
    const cells = line.split(',');
    const at = timeIn(cells[time]!);
    const count = Number(cells[flow]);
    if (Number.isNaN(at) || Number.isNaN(count) || seen.has(at)) continue;
    seen.add(at);
    const hour = Math.floor(at / HOUR_MS);
    hours.set(hour, (hours.get(hour) ?? 0) + count);
  }
}

function addJson(byName: Map<string, Map<number, number>>, name: string, text: string): void {
  for (const row of JSON.parse(text) as Record<string, string>[]) {
    const at = timeIn(row['date'] ?? '');
    if (Number.isNaN(at)) continue;
    for (const [column, count] of Object.entries(row)) {
      if (column === 'date' || count === '' || Number.isNaN(Number(count))) continue;
      hoursOf(byName, `${name} ${column}`).set(Math.floor(at / HOUR_MS), Number(count));
    }
  }
}

function hoursOf(byName: Map<string, Map<number, number>>, name: string): Map<number, number> {
  const hours = byName.get(name) ?? new Map<number, number>();
  byName.set(name, hours);
  return hours;
}

/** `2016-01-04 00:05:00`, `04/01/2016 0:05` (the day first); NaN where it is neither. */
function timeIn(text: string): number {
  const dayFirst = /^(\d\d)\/(\d\d)\/(\d{4}) (\d{1,2}):(\d\d)$/.exec(text);
  if (dayFirst === null) return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
  const [day, month, year, hour, minute] = dayFirst.slice(1).map(Number) as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute);
}

function seriesOf(name: string, hours: ReadonlyMap<number, number>): CountSeries {
  const first = Math.min(...hours.keys());
  const last = Math.max(...hours.keys());
  const values = Float64Array.from({ length: last - first + 1 }, (_, index) => hours.get(first + index) ?? Number.NaN);
  return { name, from: first * HOUR_MS, values };
}
