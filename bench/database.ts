import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adviseSqlite } from '../src/database/sqlite/advise.js';
import { chinook } from './database/chinook.js';
import { Contender, expertIndexes } from './database/contenders.js';
import { postgresRows } from './database/postgres.js';
import { recorder } from './database/recorder.js';
import { violations } from './database/violations.js';
import type { BenchDatabase } from './database/workloads.js';
import { flag, place, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- database [--rows 1000000] [--rounds 3] [--data DIR] [--quick]

What the indexes that \`db advise\` proposes make of the workloads of three databases, beside none, and beside those that the sqlite3 shell's \`.expert\`
proposes. A row for each database and set of indexes. Where a server of PostgreSQL is installed (Debian: postgresql, postgresql-15-hypopg), the third on it too, beside
indexes that heuristics of pghero's kind suggest.

  --rows N    infractions of the violations database; the recorder has a third as many states
  --data DIR  Chinook and the recorder's schema (default ../shared/data/sqlite beside the project); without it these two are left out
  --quick     100 000 rows, 1 round
`;

const DATABASES: readonly BenchDatabase[] = [chinook, recorder, violations];
const STATEMENT_MS = 300;
/** A machine's noise, by which two equal totals differ. */
const NOISE = 1.03;

/** Totals of the workloads, bytes of the indexes, indexes that no plan uses. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rows, rounds, data } = readOptions(args, USAGE, {
    rows: wholeNumber({ least: 1000, usual: 1_000_000, quick: 100_000 }),
    rounds: wholeNumber({ least: 1, usual: 3, quick: 1 }),
    data: place('../shared/data/sqlite'),
    quick: flag,
  });
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-database-'));
  const report: { rows: Row[]; goals: Goal[]; notes: string[] } = { rows: [], goals: [], notes: [] };
  try {
    for (const database of DATABASES) compare(database, { folder, data, rows, rounds }, report);
    await compareOnServer(rows, rounds, report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { name: 'database', rows: report.rows, goals: report.goals, notes: report.notes };
}

const ON_SERVER = 'violations on PostgreSQL';
const HEURISTICS = "pghero's kind";

async function compareOnServer(
  rows: number,
  rounds: number,
  report: { rows: Row[]; goals: Goal[]; notes: string[] },
): Promise<void> {
  const made = await postgresRows(rows, rounds);
  if (typeof made === 'string') {
    report.notes.push(`${ON_SERVER} is left out: ${made}`);
    return;
  }
  const msOf = (indexes: string): number => made.find((row) => row.indexes === indexes)!.totalMs;
  for (const { indexes, number, totalMs, spread, indexMiB, unused, adviceS } of made) {
    const ofNone = round(totalMs / msOf('none'));
    report.rows.push({ database: ON_SERVER, indexes, number, totalMs, ofNone, spread, indexMiB, unused, adviceS });
    if (!indexes.startsWith('ours')) continue;
    const name = `${ON_SERVER}, ${indexes}`;
    const ofHeuristics = totalMs / msOf(HEURISTICS);
    report.goals.push(
      { name: `${name}: time of none`, value: ofNone, goal: '<= 0.5', met: ofNone <= 0.5 },
      {
        name: `${name}: time of ${HEURISTICS}`,
        value: round(ofHeuristics),
        goal: `<= 1, within ${NOISE}`,
        met: ofHeuristics <= NOISE,
      },
      { name: `${name}: indexes that no plan uses`, value: unused, goal: '0', met: unused === 0 },
    );
  }
}

interface Conditions {
  readonly folder: string;
  readonly data: string;
  readonly rows: number;
  readonly rounds: number;
}

function compare(
  { name, workload, make }: BenchDatabase,
  { folder, data, rows, rounds }: Conditions,
  report: { rows: Row[]; goals: Goal[]; notes: string[] },
): void {
  const file = join(folder, 'original.db');
  rmSync(file, { force: true });
  const problem = make(file, data, rows);
  if (problem !== null) {
    report.notes.push(`${name} is left out: ${problem}`);
    return;
  }
  const beganAt = performance.now();
  const advice = adviseSqlite(file, workload);
  const adviceMs = performance.now() - beganAt;
  const expert = expertIndexes(file, workload);
  if (expert === null) report.notes.push('.expert is left out: no sqlite3 shell');
  const sets = [
    { indexes: 'none', sql: [] as readonly string[] },
    { indexes: 'ours', sql: advice.create.map(({ sql }) => sql) },
    ...(expert === null ? [] : [{ indexes: '.expert', sql: expert as readonly string[] }]),
  ];
  const contenders = sets.map(({ indexes, sql }) => ({
    indexes,
    number: sql.length,
    contender: new Contender(file, join(folder, `${indexes}.db`), sql),
    totals: [] as number[],
  }));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const { contender, totals } of contenders) totals.push(contender.run(workload, STATEMENT_MS));
  }
  const none = median(contenders[0]!.totals);
  for (const { indexes, number, contender, totals } of contenders) {
    report.rows.push({
      database: name,
      indexes,
      number,
      totalMs: round(median(totals)),
      ofNone: round(median(totals) / none),
      spread: round((Math.max(...totals) - Math.min(...totals)) / median(totals)),
      indexMiB: round(contender.indexBytes / 2 ** 20),
      unused: contender.unused(workload),
      adviceS: indexes === 'ours' ? round(adviceMs / 1000) : null,
    });
  }
  const ours = median(contenders[1]!.totals);
  const expertMs = contenders[2] === undefined ? null : median(contenders[2].totals);
  report.goals.push(
    { name: `${name}: time of none`, value: round(ours / none), goal: '<= 0.5', met: ours / none <= 0.5 },
    {
      name: `${name}: time of .expert's`,
      value: expertMs === null ? null : round(ours / expertMs),
      goal: `<= 1, within ${NOISE}`,
      met: expertMs === null ? null : ours / expertMs <= NOISE,
    },
    {
      name: `${name}: indexes that no plan uses`,
      value: contenders[1]!.contender.unused(workload),
      goal: '0',
      met: contenders[1]!.contender.unused(workload) === 0,
    },
  );
  for (const { contender } of contenders) contender.close();
}
