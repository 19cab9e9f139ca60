import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from '../src/foundation/statistics.js';
import { Rollup } from '../src/store/series/rollup.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { type Contender, contendersIn } from './history/contenders.js';
import { Workload } from './history/workload.js';

const USAGE = `npm run -s bench -- history [--series 120] [--hours 24] [--days 365] [--rounds 7] [--quick]

Every metric of a device over a day, second by second, and of a year by the hour: what keeping it writes, what lies on the disk
then, and how long it takes to read a day of 60 metrics and a year of one. Beside it a table with a row a point and CSV files.
`;

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The beginning of a day in Unix ms. */
const T = 20_000 * DAY_MS;
/** After its end a day is written as a whole. */
const LATE_MS = 120_000;
const READ_SERIES = 60;
const MOST_DAY_MS = 50;
const MOST_YEAR_MS = 10;
/** What the metrics of a device may write a day, all that it takes included. */
const MOST_WRITTEN_MIB = 80;

/** What writing a day cost a contender. */
interface Writing {
  /** Work of a minute, and in one piece. */
  readonly minuteMs: number[];
  readonly pieceMs: number[];
  written: number;
  bytesBefore: number;
}

/** Keeps the same day and year in each way, and reads them. */
export async function run(args: string[]): Promise<BenchReport> {
  const { series, hours, days, rounds } = readOptions(args, USAGE, {
    series: wholeNumber({ least: READ_SERIES, usual: 120 }),
    hours: wholeNumber({ least: 1, usual: 24, quick: 2 }),
    days: wholeNumber({ least: 1, usual: 365, quick: 30 }),
    rounds: wholeNumber({ least: 1, usual: 7, quick: 3 }),
    quick: flag,
  });
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-history-'));
  const contenders = contendersIn(folder);
  try {
    keepYear(contenders, new Workload(series), days);
    const { writings, sampleUs } = keepDay(contenders, new Workload(series), hours);
    const rows = contenders.map((contender, i) => ({
      contender: contender.name,
      ...writingRow(writings[i]!, contender, hours),
      ...readingRow(contender, hours, days, rounds),
    }));
    const [own] = rows;
    return {
      name: 'history',
      rows,
      goals: [
        {
          name: 'day of 60 metrics by the minute, ms',
          value: own!.dayMs,
          goal: `< ${MOST_DAY_MS}`,
          met: own!.dayMs < MOST_DAY_MS,
        },
        {
          name: 'year of one metric by the hour, ms',
          value: own!.yearMs,
          goal: `< ${MOST_YEAR_MS}`,
          met: own!.yearMs < MOST_YEAR_MS,
        },
        {
          name: 'MiB written a day',
          value: own!.writtenMiBADay,
          goal: `< ${MOST_WRITTEN_MIB}`,
          met: hours < 24 ? null : own!.writtenMiBADay < MOST_WRITTEN_MIB,
        },
      ],
      notes: [
        `${series} series; reading and rolling them up takes ${round(sampleUs)} µs a second, whoever keeps them`,
        'written: bytes handed to the operating system, log and database together; a power cut apart, it may write less of pages that change again',
        ...(hours < 24 ? [`a day of ${hours} hours: not the promise`] : []),
      ],
    };
  } finally {
    for (const contender of contenders) contender.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function keepYear(contenders: readonly Contender[], workload: Workload, days: number): void {
  for (let t = T - days * DAY_MS; t < T; t += HOUR_MS) {
    const rows = workload.hour(t);
    for (const contender of contenders) {
      contender.add(HOUR_MS, t, rows);
      if ((t + HOUR_MS) % DAY_MS === 0) contender.flush(t + HOUR_MS + LATE_MS, (work) => work());
    }
  }
}

function keepDay(contenders: readonly Contender[], workload: Workload, hours: number) {
  const writings: Writing[] = contenders.map((one) => ({
    minuteMs: [],
    pieceMs: [],
    written: 0,
    bytesBefore: one.bytes(),
  }));
  const rollup = new Rollup((...step) => {
    for (const contender of contenders) contender.add(...step);
  });
  let sampling = 0;
  for (let s = 0; s <= hours * 3600; s++) {
    const readings = workload.readings(s);
    const began = performance.now();
    rollup.sample({ readings, histograms: [] }, s * 1000, T + s * 1000);
    sampling += performance.now() - began;
    if (s % 60 === 0 && s > 0) for (const [i, one] of contenders.entries()) flushed(one, writings[i]!, T + s * 1000);
  }
  return { writings, sampleUs: (sampling * 1000) / (hours * 3600) };
}

function flushed(contender: Contender, writing: Writing, now: number): void {
  const before = bytesWritten();
  let minuteMs = 0;
  contender.flush(now, (work) => {
    const began = performance.now();
    work();
    const ms = performance.now() - began;
    minuteMs += ms;
    writing.pieceMs.push(ms);
  });
  writing.minuteMs.push(minuteMs);
  writing.written += bytesWritten() - before;
}

/** That this process handed to the operating system since it began; Linux only. */
function bytesWritten(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

function writingRow({ minuteMs, pieceMs, written, bytesBefore }: Writing, contender: Contender, hours: number) {
  const perDay = 24 / hours / MIB;
  return {
    writtenMiBADay: round(written * perDay),
    diskMiBADay: round((contender.bytes() - bytesBefore) * perDay),
    minuteMs: round(median(minuteMs)),
    blockedP999Ms: round(quantile(pieceMs, 0.999)!),
    blockedMostMs: round(pieceMs.reduce((most, ms) => Math.max(most, ms), 0)),
  };
}

function readingRow(contender: Contender, hours: number, days: number, rounds: number) {
  const names = Array.from({ length: READ_SERIES }, (_, i) => `metric_${i}`);
  const to = T + hours * HOUR_MS;
  const day = timed(rounds, () => contender.read(names, T, to, 60_000), READ_SERIES * hours * 60);
  const fine = timed(rounds, () => contender.read(names, T, to, 10_000), READ_SERIES * hours * 360);
  const year = timed(rounds, () => contender.read(names.slice(0, 1), T - days * DAY_MS, T, HOUR_MS), days * 24);
  return { dayMs: day.ms, dayFineMs: fine.ms, yearMs: year.ms, daySpread: day.spread };
}

/** @throws Error where it does not give as many points as there are */
function timed(rounds: number, read: () => number, expected: number): { ms: number; spread: number } {
  const times: number[] = [];
  for (let i = -1; i < rounds; i++) {
    const began = performance.now();
    const points = read();
    // the first warms up
    if (i >= 0) times.push(performance.now() - began);
    // of a counter's first second there is no rate
    if (points < expected * 0.99 || points > expected) throw new Error(`${points} points were read, not ${expected}`);
  }
  return { ms: round(median(times)), spread: round((Math.max(...times) - Math.min(...times)) / median(times)) };
}
