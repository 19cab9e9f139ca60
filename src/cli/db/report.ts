import { writeFileSync } from 'node:fs';
import { baselinesOf } from '../../database/health/baselines.js';
import type { HealthBaselines } from '../../database/health/health.js';
import { healthTrend, keepMoment, momentOf, readMoments } from '../../database/health/trend.js';
import { advisePostgres } from '../../database/postgres/postgres-advise.js';
import { postgresReport } from '../../database/postgres/postgres-report.js';
import { isAddress } from '../../database/postgres/server/postgres-address.js';
import type { DatabasePerformance, ReportedQuery, ServerReport } from '../../database/report/database-report.js';
import { databasePage } from '../../database/report/page.js';
import { serverLines, whyIdle } from '../../database/report/server-wording.js';
import { milliseconds, trendInWords } from '../../database/report/wording.js';
import { adviseSqlite } from '../../database/sqlite/advise.js';
import { databaseFile } from '../../database/sqlite/open-database.js';
import { sqliteReport } from '../../database/sqlite/sqlite-report.js';
import { EdgeError } from '../../foundation/errors.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { FAILED } from '../exit-codes.js';
import { oneLine, print, printJson, tableLines } from '../print.js';
import { adviceLines } from './advise.js';
import { type DbFlags, serverWorkloadOf, workloadOf } from './target.js';

export interface DbReportFlags extends DbFlags {
  readonly html?: string;
  readonly advise?: boolean;
  readonly baseline?: readonly string[];
  /** A file that keeps what came out. */
  readonly trend?: string;
  readonly checkAll?: boolean;
  readonly minScore?: number;
}

/** Queries and tables that are printed. */
const SHOWN = 10;

/** `edge-optimizer db report`. @returns 1 where the score is below `--min-score` */
export async function dbReport(target: string, flags: DbReportFlags): Promise<number> {
  const baselines = baselinesOf(flags.baseline ?? []);
  const kept = flags.trend === undefined ? null : readMoments(flags.trend);
  const { measured, from } = await (isAddress(target) ? ofServer : ofFile)(target, flags, baselines);
  const now = momentOf(measured);
  const report = { ...measured, trend: kept === null ? null : healthTrend(now, kept) };
  if (kept !== null) keepMoment(flags.trend!, now, kept);
  if (flags.html !== undefined) written(flags.html, databasePage(report));
  if (flags.json) printJson(report);
  else for (const line of reportLines(report, from)) print(line);
  const { score } = report.health;
  return flags.minScore !== undefined && score !== null && score < flags.minScore ? FAILED : 0;
}

interface Measured {
  readonly measured: DatabasePerformance;
  /** Where the queries are from, for people. */
  readonly from: string;
}

async function ofFile(target: string, flags: DbReportFlags, baselines: HealthBaselines): Promise<Measured> {
  const file = databaseFile(target);
  const { statements, from } = workloadOf(file, flags);
  const measured = await sqliteReport(file, { workload: statements, baselines, checkAll: flags.checkAll ?? false });
  return { measured: { ...measured, advice: flags.advise ? adviseSqlite(file, statements) : null }, from };
}

async function ofServer(target: string, flags: DbReportFlags, baselines: HealthBaselines): Promise<Measured> {
  const workload = await serverWorkloadOf(flags);
  const asked = workload && { workload };
  const measured = await postgresReport(target, { ...asked, baselines });
  const advice = flags.advise ? (await advisePostgres(target, { ...asked })).advice : null;
  return { measured: { ...measured, advice }, from: flags.workload ?? 'pg_stat_statements' };
}

function written(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new EdgeError('E_OUTPUT', 'the report cannot be written', { cause: error });
  }
}

function reportLines(report: DatabasePerformance, from: string): string[] {
  const { health, tables, queries, failed, advice, trend, server, notes } = report;
  return [
    `${report.database}: ${mebibytes(report.bytes)}, health ${health.score ?? '-'} of 100`,
    ...(trend === null ? [] : trendInWords(trend)),
    '',
    ...tableLines([
      ['part', 'score', 'value', 'goal', 'remedy'],
      ...health.parts.map(({ name, score, value, goal, remedy }) => [
        name,
        score === null ? '-' : score.toFixed(2),
        value,
        goal,
        remedy ?? '',
      ]),
    ]),
    '',
    ...tableLines([
      ['table', 'rows', 'size', 'indexes'],
      ...tables
        .slice(0, SHOWN)
        .map(({ name, rows, bytes, indexBytes }) => [
          oneLine(name),
          String(rows),
          mebibytes(bytes),
          mebibytes(indexBytes),
        ]),
    ]),
    ...(server === null ? [] : ['', ...serverBlock(server)]),
    '',
    queries.length === 0 ? 'No queries are known: --workload FILE says what it is asked.' : `Queries, by ${from}:`,
    ...queries.slice(0, SHOWN).flatMap(queryLines),
    ...failed.map(({ sql, why }) => `could not be run: ${oneLine(sql)}: ${oneLine(why)}`),
    ...(advice === null ? [] : ['', ...adviceLines(advice)]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `not found out: ${oneLine(note)}`)]),
  ];
}

function serverBlock(server: ServerReport): string[] {
  const { waits, upkeep, idleIndexes } = server;
  const dead = upkeep.filter(({ deadRows }) => deadRows > 0).slice(0, SHOWN);
  return [
    ...serverLines(server),
    ...waits.map(
      ({ pid, ms, lock, blockedBy, text }) =>
        `waiting: process ${pid} for ${milliseconds(ms)}, for ${oneLine(lock)}, held by ${blockedBy.join(', ')}: ${oneLine(text)}`,
    ),
    ...dead.map(
      ({ table, deadRows, deadShare, lastVacuum, lastAnalyze }) =>
        `dead rows: ${oneLine(table)}: ${deadRows} (${Math.round(deadShare * 100)} %), last vacuum ${lastVacuum ?? 'never'}, last analyze ${lastAnalyze ?? 'never'}`,
    ),
    ...idleIndexes.map((index) => `${oneLine(index.sql)};  -- ${oneLine(whyIdle(index))}; ${mebibytes(index.bytes)}`),
  ];
}

function queryLines({ text, calls, meanMs, share, plan, smells }: ReportedQuery): string[] {
  return [
    `  ${oneLine(text)}`,
    `    ${calls} ${calls === 1 ? 'time' : 'times'}, ${meanMs.toFixed(3)} ms each, ${Math.round(share * 100)} % of the time`,
    ...(plan ?? []).map((step) => `      ${oneLine(step)}`),
    ...smells.map(({ seen, remedy }) => `    ${seen}: ${remedy}`),
  ];
}
