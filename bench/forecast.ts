import { type ForecastHour, forecast } from '../src/forecast/forecast.js';
import { HOUR_MS } from '../src/forecast/hourly-series.js';
import { judgeClosures, watchByForecast, watchByLastWeek } from './forecast/closures.js';
import { type CountSeries, hourlyCounts } from './forecast/hourly-counts.js';
import { fourWeeksMean, holtWinters, lastWeeksMean, type Rival, seasonalNaive } from './forecast/rivals.js';
import { flag, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- forecast [--origins 100] [--closures 24] [--weeks 13] [--series DIR] [--quick]

How near the forecast of the next 24 hours comes to real counts of vehicles, against the same hours of last week, the means of last
week and of four weeks, and Holt and Winters. A row for each series: absolute errors divided by those of the same hours of last week,
and how many of the hours lie within the bounds of 90 %. Then closures, in which a tenth of the vehicles is left for twelve hours: how many
are found as unusual traffic, after how many hours, and how often a year something is said of weeks as they were; rival: less than half
of last week's same hour, twice. Progress goes to stderr.

  --origins N   times at which a forecast is made, evenly over each series from its fifth week on
  --closures N  for each series
  --weeks N     weeks as they were
  --series DIR  hourly counts (default ../shared/data/traffic beside the project)
  --quick       a minute or two: 20 origins, 8 closures, 3 weeks
`;

const WEEK = 168;
const DAY = 24;
const FOUND_GOAL = 0.9;
const FALSE_GOAL = 0.5;
const RATIO_GOAL = 0.85;
const [LEAST_COVERED, MOST_COVERED] = [0.85, 0.95];
/** Where fewer of the 24 hours are known, a day says little. */
const FEWEST_HOURS = 12;

/** The forecast against what is simple. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    origins,
    series: folder,
    ...tests
  } = readOptions(args, USAGE, {
    origins: wholeNumber({ least: 5, usual: 100, quick: 20 }),
    closures: wholeNumber({ least: 4, usual: 24, quick: 8 }),
    weeks: wholeNumber({ least: 1, usual: 13, quick: 3 }),
    series: place('../shared/data/traffic'),
    quick: flag,
  });
  const rows = hourlyCounts(folder, 'series').map((series): Row => {
    process.stderr.write(`${series.name}: ${origins} forecasts\n`);
    const errors = judge(series, origins);
    process.stderr.write(`${series.name}: ${tests.closures} closures, ${tests.weeks} weeks as they were\n`);
    return { ...errors, ...unusual(series, tests) };
  });
  const found = round(median(rows.map((row) => row['closuresFound'] as number)));
  const falseAlarms = round(median(rows.map((row) => row['falsePerYear'] as number)));
  const rivalFalse = round(median(rows.map((row) => row['rivalFalsePerYear'] as number)));
  const ratio = round(median(rows.map((row) => row['ours'] as number)));
  const covered = rows.map((row) => row['within'] as number);
  const coverage = round(median(covered));
  const best = rows.filter((row) =>
    ['lastWeeksMean', 'fourWeeksMean', 'holtWinters'].every((name) => row[name]! >= row['ours']!),
  );
  return {
    name: 'forecast',
    rows,
    goals: [
      {
        name: 'error against the same hours of last week, median',
        value: ratio,
        goal: `<= ${RATIO_GOAL}`,
        met: ratio <= RATIO_GOAL,
      },
      {
        name: 'hours within the bounds of 90 %, median',
        value: coverage,
        goal: `${LEAST_COVERED} to ${MOST_COVERED}`,
        met: coverage >= LEAST_COVERED && coverage <= MOST_COVERED,
      },
      {
        name: 'series on which no rival is better',
        value: best.length,
        goal: `>= ${rows.length}`,
        met: best.length === rows.length,
      },
      {
        name: 'closures found, median',
        value: found,
        goal: `>= ${FOUND_GOAL}`,
        met: found >= FOUND_GOAL,
      },
      {
        name: 'false alarms a year against half of last week, median',
        value: round(falseAlarms / Math.max(1, rivalFalse)),
        goal: `<= ${FALSE_GOAL}`,
        met: falseAlarms / Math.max(1, rivalFalse) <= FALSE_GOAL,
      },
    ],
    notes: [`${origins} forecasts of each series; rivals are ours, as their books give them`],
  };
}

/** Closures that were found, and what was said of weeks without any. */
function unusual(series: CountSeries, tests: { readonly closures: number; readonly weeks: number }) {
  const ours = judgeClosures(series, () => watchByForecast(utcHourOfWeek), tests);
  const rival = judgeClosures(series, watchByLastWeek, tests);
  return {
    closures: ours.closures,
    closuresFound: round(ours.found),
    hoursToFind: ours.hours,
    falsePerYear: round(ours.falsePerYear),
    rivalFound: round(rival.found),
    rivalHours: rival.hours,
    rivalFalsePerYear: round(rival.falsePerYear),
  };
}

interface Errors {
  sum: number;
  hours: number;
}

function judge({ name, from, values }: CountSeries, wanted: number): Row {
  const first = 5 * WEEK;
  const room = values.length - DAY - first;
  const origins = Array.from({ length: wanted }, (_, index) => first + Math.floor((index * room) / (wanted - 1)));
  const rivals: Record<string, Rival> = {
    naive: seasonalNaive,
    lastWeeksMean,
    fourWeeksMean,
    holtWinters: holtWinters(values, first),
  };
  const errors: Record<string, Errors> = {};
  const times: number[] = [];
  let [within, bounded] = [0, 0];
  for (const origin of new Set(origins)) {
    const begun = performance.now();
    const hours = forecast({ from, values: values.slice(0, origin) }, { hourOfWeek: utcHourOfWeek });
    times.push(performance.now() - begun);
    if (hours === null) continue;
    const others = Object.entries(rivals).map(([rival, of]) => [rival, of(values, origin)] as const);
    const actual = values.slice(origin, origin + DAY);
    // all are judged by the same hours
    const known = [...actual.keys()].filter(
      (hour) => !Number.isNaN(actual[hour]!) && others.every(([, foretold]) => !Number.isNaN(foretold[hour]!)),
    );
    if (known.length < FEWEST_HOURS) continue;
    for (const hour of known) {
      add(errors, 'ours', Math.abs(hours[hour]!.expected - actual[hour]!));
      for (const [rival, foretold] of others) add(errors, rival, Math.abs(foretold[hour]! - actual[hour]!));
      if (hours[hour]!.low === null) continue;
      bounded++;
      if (isWithin(hours[hour]!, actual[hour]!)) within++;
    }
  }
  const naive = meanOf(errors['naive']!);
  return {
    series: name,
    hours: errors['ours']!.hours,
    naiveError: round(naive),
    ours: round(meanOf(errors['ours']!) / naive),
    lastWeeksMean: round(meanOf(errors['lastWeeksMean']!) / naive),
    fourWeeksMean: round(meanOf(errors['fourWeeksMean']!) / naive),
    holtWinters: round(meanOf(errors['holtWinters']!) / naive),
    within: round(within / bounded),
    ms: round(median(times)),
  };
}

function isWithin({ low, high }: ForecastHour, value: number): boolean {
  return value >= low! && value <= high!;
}

function add(errors: Record<string, Errors>, name: string, error: number): void {
  const sums = (errors[name] ??= { sum: 0, hours: 0 });
  sums.sum += error;
  sums.hours++;
}

const meanOf = ({ sum, hours }: Errors): number => sum / hours;

/** The series tell local time as if it were UTC. 1 January 1970 was a Thursday. */
const utcHourOfWeek = (at: number): number => (Math.floor(at / HOUR_MS) + 3 * DAY) % WEEK;
