import { existsSync } from 'node:fs';
import type { DriftRule } from '../src/telemetry/alerts/drift/slow-drift.js';
import { WATCHED_DRIFTS } from '../src/telemetry/alerts/drift/watched-drift.js';
import { nabSeries } from './alerts/nab-corpus.js';
import { deviceHours, MADE_UP_ACCURACY, MADE_UP_LATENCY, type MadeUpMetric } from './drift/device-hours.js';
import { type DriftMethod, driftAlerts, RIVALS } from './drift/drift-finders.js';
import { findLosses, quietAlarms } from './drift/drift-score.js';
import { type RealHours, realHours } from './drift/real-hours.js';
import { type CountSeries, hourlyCounts } from './forecast/hourly-counts.js';
import { flag, OptionError, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Cell, Goal, Row } from './harness/report.js';
import { median, round, shareWithin } from './harness/statistics.js';

const USAGE = `npm run -s bench -- drift [--losses 40] [--weeks 52] [--seed 101] [--traffic DIR] [--nab DIR] [--quick]

Slow losses, as the alerts of slow drifts find them: made-up accuracy and latency of a device under the hourly counts of real roads, which
also wander by themselves, with losses of 5 % and 10 % that grow for a day and must be found within three days of their first hour.
Then how often a year something is said of them as they were, and of recorded series of six weeks or more. Rivals: a limit on the mean
of four weeks, CUSUM of daily medians, EWMA at the same load. Progress goes to stderr.

  --losses N     for each road and metric
  --weeks N      of each road, the last, as they were
  --seed N       of the made-up metrics
  --traffic DIR  hourly counts (default ../shared/data/traffic beside the project)
  --nab DIR      a copy of the Numenta Anomaly Benchmark, or a part (default ../shared/data/nab)
  --quick        10 losses, 12 weeks, the first 8 weeks of the recorded series
`;

const HOURS_OF_WEEK = 168;
const WEEKS_OF_YEAR = 52.18;
const FOUND_GOAL = 0.9;
/** A person's window says when something was wrong; what is compared lags three days behind. */
const LAG_MS = 3 * 86_400_000;
/** The road on which the finder was made: it is shown, and counts for no goal. */
const DEVELOPED_ON = /^Metro/;
const METHODS: readonly { readonly prefix: string; readonly method: DriftMethod }[] = [
  { prefix: 'ours', method: driftAlerts },
  ...RIVALS.map((method, i) => ({ prefix: ['limit', 'cusum', 'ewma'][i]!, method })),
];

interface Metric {
  readonly name: string;
  readonly code: string;
  readonly metric: MadeUpMetric;
  readonly loss: number;
}

const METRICS: readonly Metric[] = [
  { name: 'accuracy -5 %', code: 'drifting-accuracy', metric: MADE_UP_ACCURACY, loss: -0.05 },
  { name: 'latency +10 %', code: 'drifting-latency', metric: MADE_UP_LATENCY, loss: 0.1 },
];

interface Extent {
  readonly losses: number;
  readonly weeks: number;
  readonly seed: number;
  /** Of recorded series, the first; null for all. */
  readonly recordedWeeks: number | null;
}

/** How soon slow losses are found, and what is said where there is none. */
export async function run(args: string[]): Promise<BenchReport> {
  const { losses, weeks, seed, traffic, nab, quick } = readOptions(args, USAGE, {
    losses: wholeNumber({ least: 2, usual: 40, quick: 10 }),
    weeks: wholeNumber({ least: 2, usual: 52, quick: 12 }),
    seed: wholeNumber({ least: 0, usual: 101 }),
    traffic: place('../shared/data/traffic'),
    nab: place('../shared/data/nab'),
    quick: flag,
  });
  const extent: Extent = { losses, weeks, seed, recordedWeeks: quick ? 8 : null };
  if (!existsSync(nab)) throw new OptionError(`--nab: there is no folder ${nab}`);
  const roads = hourlyCounts(traffic, 'traffic').flatMap((series) =>
    METRICS.map((metric, i) => roadRow(series, metric, { ...extent, seed: extent.seed + i })),
  );
  const recorded = realHours(nabSeries(nab)).map((series) => recordedRow(series, extent));
  return { name: 'drift', rows: [...roads, ...recorded], goals: goalsOf(roads, recorded), notes: notesOf(recorded) };
}

function roadRow(series: CountSeries, { name, code, metric, loss }: Metric, { losses, weeks, seed }: Extent): Row {
  const hours = deviceHours(series, metric, seed);
  const rule = ruleOf(code);
  const last = hours.slice(-(weeks + 7) * HOURS_OF_WEEK);
  const cells: Record<string, Cell> = { case: name, series: series.name };
  if (DEVELOPED_ON.test(series.name)) cells['series'] = `${series.name} (developed on)`;
  for (const { prefix, method } of METHODS) {
    process.stderr.write(`${name}, ${series.name}: ${method.name}\n`);
    const { losses: tried, days } = findLosses(hours, method, { rule, loss, most: losses });
    const quiet = quietAlarms(last, method, rule);
    if (prefix === 'ours') Object.assign(cells, { weeks: round(quiet.weeks), losses: tried });
    cells[`${prefix}Found`] = tried === 0 ? null : round(days.length / tried);
    cells[`${prefix}Days`] = days.length === 0 ? null : round(median(days));
    cells[`${prefix}Alarms`] = quiet.alarms.length;
  }
  return cells;
}

function recordedRow({ name, hours, windows }: RealHours, { recordedWeeks }: Extent): Row {
  const some = recordedWeeks === null ? hours : hours.slice(0, recordedWeeks * HOURS_OF_WEEK);
  const cells: Record<string, Cell> = { case: 'recorded, as it was', series: name };
  for (const { prefix, method } of METHODS) {
    process.stderr.write(`recorded, ${name}: ${method.name}\n`);
    const quiet = METRICS.map(({ code }) => quietAlarms(some, method, ruleOf(code)));
    if (prefix === 'ours') cells['weeks'] = round(quiet[0]!.weeks);
    const alarms = quiet.flatMap((one) => one.alarms);
    const labelled = alarms.filter((at) => windows.some(([from, to]) => at >= from && at <= to + LAG_MS));
    cells[`${prefix}Alarms`] = alarms.length - labelled.length;
    cells[`${prefix}Labelled`] = labelled.length;
  }
  return cells;
}

function goalsOf(roads: readonly Row[], recorded: readonly Row[]): Goal[] {
  const judged = roads.filter(({ series }) => !String(series).endsWith('(developed on)'));
  const found = METRICS.map(({ name }): Goal => {
    const rows = judged.filter((row) => row['case'] === name);
    const [losses, hits] = [sumOf(rows, 'losses'), rows.reduce((all, row) => all + hitsOf(row), 0)];
    const value = losses === 0 ? null : round(hits / losses);
    const [low, high] = (shareWithin(hits, losses) ?? [0, 1]).map(round);
    const met = value === null ? null : value >= FOUND_GOAL;
    return {
      name: `${name} found within 3 days (${hits} of ${losses}, 95 %: ${low} to ${high})`,
      value,
      goal: `>= ${FOUND_GOAL}`,
      met,
    };
  });
  const weeks = sumOf(judged, 'weeks');
  const yearly = weeks === 0 ? null : round((sumOf(judged, 'oursAlarms') / weeks) * WEEKS_OF_YEAR);
  const said = sumOf(recorded, 'oursAlarms');
  return [
    ...found,
    {
      name: 'false alarms a year, made-up metrics',
      value: yearly,
      goal: '0',
      met: yearly === null ? null : yearly === 0,
    },
    { name: 'alarms on recorded series, beside no label', value: said, goal: '0', met: said === 0 },
  ];
}

function notesOf(recorded: readonly Row[]): string[] {
  const rivals = METHODS.slice(1).map(({ prefix, method }) => `${method.name} ${sumOf(recorded, `${prefix}Alarms`)}`);
  return [
    `alarms on recorded series beside no label: ours ${sumOf(recorded, 'oursAlarms')}, ${rivals.join(', ')}`,
    'recorded series are judged by both rules, 3 % less and 6 % more, and no load is known of them; labels are those of NAB',
  ];
}

const hitsOf = (row: Row): number => Math.round(Number(row['oursFound'] ?? 0) * Number(row['losses']));
const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((all, row) => all + Number(row[column] ?? 0), 0);
const ruleOf = (code: string): DriftRule => WATCHED_DRIFTS.find((watched) => watched.code === code)!.rule;
