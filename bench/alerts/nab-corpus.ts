import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { OptionError } from '../harness/options.js';
import type { NabSeries } from './nab-score.js';

/** Anomaly scores of a published detector, one per row of each series. */
export interface GoldenScores {
  readonly detector: string;
  readonly byFile: Readonly<Record<string, readonly number[]>>;
}

const SUFFIX = '_anomaly_scores.json.gz';

/**
 * The series of a folder laid out as the repository of the Numenta Anomaly Benchmark: `data/<category>/*.csv` and
 * `labels/combined_windows.json`. A series with labels and no file, or the other way round, is left out.
 *
 * @throws OptionError where it has none
 */
export function nabSeries(folder: string): NabSeries[] {
  const labels = join(folder, 'labels/combined_windows.json');
  if (!existsSync(labels))
    throw new OptionError(`--nab: expected a folder with labels/combined_windows.json, got ${folder}`);
  const windows = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  const series = Object.keys(windows)
    .filter((file) => existsSync(join(folder, 'data', file)))
    .map((file) => seriesOf(file, readFileSync(join(folder, 'data', file), 'utf8'), windows[file]!));
  if (series.length === 0) throw new OptionError(`--nab: expected data/<category>/*.csv in it, got ${folder}`);
  return series;
}

/** @param text rows of `timestamp,value` below a header @param windows their first and last timestamps */
export function seriesOf(file: string, text: string, windows: readonly (readonly [string, string])[]): NabSeries {
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','));
  const times = rows.map(([time]) => unixMs(time!));
  const values = rows.map(([, value]) => Number(value));
  // of a time that is there twice the first row counts
  const rowOf = new Map(times.map((time, i) => [time, i] as const).reverse());
  const bounds = windows.map(([first, last]) => [rowOf.get(unixMs(first))!, rowOf.get(unixMs(last))!] as const);
  return { file, times, values, windows: bounds };
}

/** Published scores that lie in `golden/`, as far as they have all of the series. */
export function goldenScores(folder: string, series: readonly NabSeries[]): GoldenScores[] {
  const golden = join(folder, 'golden');
  if (!existsSync(golden)) return [];
  return readdirSync(golden)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => {
      const byFile = JSON.parse(gunzipSync(readFileSync(join(golden, name))).toString()) as GoldenScores['byFile'];
      return { detector: name.slice(0, -SUFFIX.length), byFile };
    })
    .filter(({ byFile }) => series.every(({ file, values }) => byFile[file]?.length === values.length));
}

/** `2014-04-01 00:00:00`, with a fraction of a second in labels, and without a zone. */
const unixMs = (text: string): number => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`);
