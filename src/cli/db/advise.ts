import type { Advice } from '../../database/advisor/advice.js';
import type { WorkloadStatement } from '../../database/advisor/workload.js';
import { advisePostgres } from '../../database/postgres/postgres-advise.js';
import { isAddress, postgresAddress } from '../../database/postgres/server/postgres-address.js';
import { milliseconds, whyNeedless } from '../../database/report/wording.js';
import { adviseSqlite } from '../../database/sqlite/advise.js';
import { databaseFile } from '../../database/sqlite/open-database.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { oneLine, print, printJson } from '../print.js';
import { workBar } from '../progress.js';
import { type DbFlags, serverWorkloadOf, workloadOf } from './target.js';

export interface DbAdviseFlags extends DbFlags {
  readonly sql?: boolean;
  readonly mostS?: number;
}

/** `edge-optimizer db advise`. */
export async function dbAdvise(target: string, flags: DbAdviseFlags): Promise<number> {
  const { database, advice, statements, from, notes } = await (isAddress(target) ? ofServer : ofFile)(target, flags);
  if (flags.json) printJson({ database, workload: from, ...advice, notes });
  else if (flags.sql) for (const { sql } of [...advice.create, ...advice.drop]) print(`${sql};`);
  else {
    print(`${statements.length} statements, by ${from}; ${advice.tried} indexes were tried.`);
    for (const line of adviceLines(advice)) print(line);
    for (const note of notes) print(`not found out: ${oneLine(note)}`);
  }
  return 0;
}

interface Advised {
  /** As it may be shown. */
  readonly database: string;
  readonly advice: Advice;
  readonly statements: readonly WorkloadStatement[];
  readonly from: string;
  readonly notes: readonly string[];
}

async function ofFile(target: string, { mostS, ...flags }: DbAdviseFlags): Promise<Advised> {
  const database = databaseFile(target);
  const { statements, from } = workloadOf(database, flags);
  const advice = await withBar((onProgress) =>
    adviseSqlite(database, statements, { onProgress, ...(mostS !== undefined && { mostS }) }),
  );
  return { database, advice, statements, from, notes: [] };
}

async function ofServer(target: string, { mostS, ...flags }: DbAdviseFlags): Promise<Advised> {
  const workload = await serverWorkloadOf(flags);
  const { shown } = postgresAddress(target);
  const found = await withBar((onProgress) =>
    advisePostgres(target, { ...(workload && { workload }), onProgress, ...(mostS !== undefined && { mostS }) }),
  );
  return {
    database: shown,
    advice: found.advice,
    statements: found.workload,
    from: flags.workload ?? found.from,
    notes: found.notes,
  };
}

async function withBar<Result>(
  work: (onProgress: (done: number, most: number) => void) => Result | Promise<Result>,
): Promise<Result> {
  const bar = workBar('indexes');
  const beganAt = performance.now();
  try {
    return await work((done, most) => {
      const leftMs = ((performance.now() - beganAt) / done) * (most - done);
      bar.update({ done, most, leftMs, current: 'trying them' });
    });
  } finally {
    bar.stop();
  }
}

/** The advice for a person. */
export function adviceLines({ create, drop, beforeMs, afterMs, unread, how, cutShort }: Advice): string[] {
  const lines = unread.map(({ sql, why }) => `left out: ${oneLine(sql)}: ${oneLine(why)}`);
  if (cutShort) lines.push('The time was over before all had been gone through: --most-s gives it more.');
  if (create.length === 0) lines.push('No index would make it faster.');
  else
    lines.push(
      `The workload takes ${milliseconds(beforeMs)} now, and ${milliseconds(afterMs)} with these indexes, ${how}:`,
    );
  for (const { sql, savesMs, bytes, statements } of create) {
    lines.push('', `${sql};`, `  saves ${milliseconds(savesMs)}, takes ${mebibytes(bytes)}`);
    for (const statement of statements.slice(0, 3)) {
      lines.push(
        `  ${oneLine(statement.sql)}`,
        `    ${milliseconds(statement.beforeMs)} -> ${milliseconds(statement.afterMs)} each: ${statement.plan.map(oneLine).join(' | ')}`,
      );
    }
  }
  if (drop.length > 0) lines.push('', 'These it could do without, as far as this workload goes:');
  for (const index of drop) lines.push(`${index.sql};  -- ${whyNeedless(index)}; ${mebibytes(index.bytes)}`);
  return lines;
}
