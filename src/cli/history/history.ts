import { ConfigError } from '../../foundation/errors.js';
import { createLog } from '../../foundation/log.js';
import { seesSeries } from '../../foundation/viewer.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import { answersAsJson, spansAsJson } from '../../store/series/series-json.js';
import type { SeriesAnswer, SeriesReader } from '../../store/series/series-reader.js';
import { type RequestedTime, readRequest, unknownSeries } from '../../store/series/series-request.js';
import { openStoredHistory } from '../../store/series/stored-history.js';
import { asAscii } from '../braille-chart.js';
import { chosenViewer } from '../chosen-viewer.js';
import { print, printCsv, printJson, printTable } from '../print.js';
import { isoTime, lengthOfTime, longTime } from '../times.js';
import { type HistoryPlace, historyFile } from './file.js';
import { charts, SUMMARY_HEAD, summaryRows } from './report.js';

/** What the command line says, as it was typed. */
export interface HistoryOptions extends HistoryPlace {
  /** A metric, or one series by its whole name; without one all are listed. */
  readonly metric?: string | undefined;
  readonly since?: string;
  readonly until?: string;
  readonly step?: string;
  /** `camera=north`. */
  readonly label?: readonly string[];
  /** Id: as this tenant would be shown it. */
  readonly tenant?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  /** Characters; default: those of the terminal. */
  readonly width?: number;
}

const MOST_POINTS = 1_000_000;
const USUAL_WIDTH = 80;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * `history [METRIC]`: prints and draws what was measured, beside the running program or without it.
 *
 * @param now Unix ms
 * @throws ConfigError where there is no history, no such metric, or the options cannot be; EdgeError E_OUTPUT where it cannot be read
 */
export function showHistory(options: HistoryOptions, now = Date.now()): number {
  if (options.csv && options.json) throw refused(['--csv and --json: expected one of them, got both']);
  const { file, config } = historyFile(options);
  const viewer = chosenViewer(config, options.tenant);
  const sees = ({ labels }: SeriesKey): boolean => seesSeries(viewer, labels);
  const history = openStoredHistory(file, { now, log: createLog(config.output.logLevel) });
  try {
    if (history.reader === null)
      throw refused([`${file} has no metrics yet: it is from an earlier version of the program, run this one`]);
    if (options.metric === undefined) list(history.reader, sees, options);
    else tell(answersOf(history.reader, sees, { ...options, metric: options.metric }, now), options);
    return 0;
  } finally {
    history.close();
  }
}

function list(reader: SeriesReader, sees: Sees, { json, csv, since, until, step, label }: HistoryOptions): void {
  const without = Object.entries({ since, until, step, label }).find(([, value]) => value !== undefined);
  if (without) throw refused([`--${without[0]}: expected with a metric; without one this is the list of what is kept`]);
  const spans = reader.list().filter(({ key }) => sees(key));
  if (json) printJson(spansAsJson(spans));
  else if (csv) {
    printCsv(['series', 'kind', 'unit', 'from', 'to']);
    for (const { key, from, to } of spans) printCsv([key.name, key.kind, key.unit, isoTime(from), isoTime(to)]);
  } else if (spans.length === 0) print('nothing is kept yet: the first minute has not been written');
  else {
    const rows = spans.map(({ key, from, to }) => [key.name, key.kind, longTime(from), longTime(to), key.unit]);
    printTable(['series', 'kind', 'from (UTC)', 'to (UTC)', 'unit'], rows);
    print(`${spans.length} series; edge-optimizer history NAME shows one`);
  }
}

/** Whether a series may be shown. */
type Sees = (key: SeriesKey) => boolean;

interface Answers {
  readonly time: RequestedTime;
  readonly answers: readonly SeriesAnswer[];
}

function answersOf(
  reader: SeriesReader,
  sees: Sees,
  options: HistoryOptions & { metric: string },
  now: number,
): Answers {
  const { metric } = options;
  const labels = labelsOf(options.label ?? []);
  const found = reader.find({ metric, labels, sees });
  if (found.length === 0) {
    throw refused([
      `${unknownSeries(
        metric,
        labels,
        reader.known().filter(({ key }) => sees(key)),
      )} (edge-optimizer history lists all)`,
    ]);
  }
  // two points of a chart are as wide as a character
  const usualPoints = options.csv || options.json ? undefined : 2 * widthOf(options);
  const bounds = {
    now,
    mostPoints: MOST_POINTS,
    nameOf: (word: string) => `--${word}`,
    keptFrom: Math.min(...found.map(({ firstAt }) => firstAt)),
    keptTo: Math.max(...found.map(({ lastAt }) => lastAt)) + MINUTE_MS,
  };
  const time = readRequest(options, { ...bounds, ...(usualPoints !== undefined && { usualPoints }) });
  if (!('from' in time)) throw refused(time);
  return { time, answers: reader.query({ metric, labels, sees, ...time }) };
}

function labelsOf(words: readonly string[]): Record<string, string> {
  const pairs = words.map((word) => {
    const at = word.indexOf('=');
    if (at <= 0) throw refused([`--label: expected label=value, got ${word || 'nothing'}`]);
    return [word.slice(0, at), word.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

function tell({ time, answers }: Answers, options: HistoryOptions): void {
  if (options.json) printJson(answersAsJson(answers, time));
  else if (options.csv) tellCsv(answers);
  else tellPeople(answers, time, options);
}

function tellCsv(answers: readonly SeriesAnswer[]): void {
  printCsv(['time', 'series', 'min', 'mean', 'max', 'p95', 'count']);
  for (const { key, points } of answers) {
    for (const { t, min, mean, max, p95, count } of points) {
      const numbers = [min, mean, max, p95].map((value) => Number(value.toPrecision(7)));
      printCsv([isoTime(t), key.name, ...numbers, count]);
    }
  }
}

function tellPeople(answers: readonly SeriesAnswer[], time: RequestedTime, options: HistoryOptions): void {
  const { from, to } = time;
  const stepMs = answers[0]!.stepMs;
  const coarser = stepMs > Math.max(time.stepMs, 10_000) * 1.5 ? ', the finest that is kept of that time' : '';
  print(
    `${longTime(from)} to ${longTime(to)} UTC (${lengthOfTime(to - from)}${chosen(time, options)}) in steps of ${lengthOfTime(stepMs)}${coarser}`,
  );
  print('');
  printTable(SUMMARY_HEAD, summaryRows(answers, time));
  const drawn = charts(answers, time, widthOf(options));
  for (const line of drawn) print(hasAsciiOnly(process.env) ? asAscii(line) : line);
  if (answers.every(({ points }) => points.length === 0)) print('\nnothing was read in that time');
}

/** Why it is another time than the last 24 hours, where nobody named one. */
function chosen({ from, to }: RequestedTime, { since, until }: HistoryOptions): string {
  if (since !== undefined) return '';
  if (until === undefined && to < Date.now() - DAY_MS) return ', the last there is';
  return to - from < DAY_MS ? ', all there is' : '';
}

/** A terminal that is said to know no characters beyond ASCII, such as a serial console. */
function hasAsciiOnly({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return locale !== '' && !/utf-?8/i.test(locale);
}

const widthOf = ({ width }: HistoryOptions): number =>
  width ?? process.stdout.columns ?? (Number(process.env.COLUMNS) || USUAL_WIDTH);

const refused = (problems: readonly string[]) => new ConfigError('no history to show', problems);
