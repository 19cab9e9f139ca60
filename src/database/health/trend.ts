import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { median } from '../../foundation/statistics.js';
import { z } from '../../foundation/validate.js';
import type { DatabaseHealth } from './health.js';

/** Moments that a file keeps: a report an hour for a year. */
const MOST_MOMENTS = 9000;
/** What the present is held against. */
const LOOK_BACK_MS = 30 * 86_400_000;
/** By so much a part's score has to fall to be told. */
const WORSE_BY = 0.1;

const moment = z.object({
  database: z.string(),
  at: z.iso.datetime(),
  score: z.number().min(0).max(100).nullable(),
  bytes: z.number().min(0),
  parts: z.record(z.string(), z.number().min(0).max(1).nullable()),
});

/** A report in one line of a file: how healthy the database was at one time. */
export type HealthMoment = z.infer<typeof moment>;

/** How a part of health has changed. Scores from 0 to 1. */
export interface ChangedPart {
  readonly name: string;
  /** Median of the time before. */
  readonly from: number;
  readonly to: number;
}

/** A report beside those before it. */
export interface HealthTrend {
  /** Of the 30 days before, the oldest first. */
  readonly moments: readonly HealthMoment[];
  /** Median of their scores; null where none was measured. */
  readonly usual: number | null;
  /** Bytes more than at the first of them; null where there is none. */
  readonly grown: number | null;
  /** What is worse than usual, the worst first. */
  readonly worse: readonly ChangedPart[];
}

/** What is kept of a report (`DatabasePerformance`). */
export function momentOf(report: {
  readonly database: string;
  readonly at: string;
  readonly bytes: number;
  readonly health: DatabaseHealth;
}): HealthMoment {
  const { database, at, bytes, health } = report;
  const parts = Object.fromEntries(health.parts.map(({ name, score }) => [name, score]));
  return { database, at, score: health.score, bytes, parts };
}

/** A report against what was kept of the same database in the 30 days before it. */
export function healthTrend(now: HealthMoment, kept: readonly HealthMoment[]): HealthTrend {
  const until = Date.parse(now.at);
  const moments = kept
    .filter(({ database, at }) => database === now.database && isWithin(Date.parse(at), until))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const worse = Object.entries(now.parts).flatMap(([name, to]): ChangedPart[] => {
    const from = median(moments.flatMap(({ parts }) => parts[name] ?? []));
    return to !== null && from !== null && from - to >= WORSE_BY ? [{ name, from, to }] : [];
  });
  return {
    moments,
    usual: median(moments.flatMap(({ score }) => score ?? [])),
    grown: moments.length === 0 ? null : now.bytes - moments[0]!.bytes,
    worse: worse.sort((a, b) => b.from - b.to - (a.from - a.to)),
  };
}

/**
 * The moments that a file keeps, a line of JSON each; none where it is not there. A line that was cut off is left out.
 *
 * @throws ConfigError where the file is something else
 */
export function readMoments(file: string): HealthMoment[] {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const moments = lines.flatMap((line) => momentIn(line) ?? []);
  if (moments.length === 0 && lines.length > 0) {
    const problem = `expected reports that were kept, a line of JSON each, got something else in ${file}`;
    throw new ConfigError('the trend cannot be kept there', [problem]);
  }
  return moments;
}

/**
 * Adds a moment to a file. Where there are too many the oldest go.
 *
 * @throws EdgeError E_OUTPUT where it cannot be written
 */
export function keepMoment(file: string, now: HealthMoment, kept: readonly HealthMoment[]): void {
  const line = `${JSON.stringify(now)}\n`;
  try {
    if (kept.length < MOST_MOMENTS) appendFileSync(file, line);
    else writeFileSync(file, [...kept.slice(1 - MOST_MOMENTS), now].map((one) => `${JSON.stringify(one)}\n`).join(''));
  } catch (error) {
    throw new EdgeError('E_OUTPUT', 'the trend cannot be kept', { cause: error });
  }
}

function isWithin(at: number, until: number): boolean {
  return at < until && at >= until - LOOK_BACK_MS;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ConfigError('the trend cannot be kept there', [`--trend: ${explain(error)}`]);
  }
}

function momentIn(line: string): HealthMoment | null {
  try {
    return moment.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
