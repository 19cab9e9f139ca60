import type { Advice } from '../../database/advisor/advice.js';
import type { WorkloadStatement } from '../../database/advisor/workload.js';
import { milliseconds, whyNeedless } from '../../database/report/wording.js';
import { adviseSqlite } from '../../database/sqlite/advise.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { oneLine, print, printJson } from '../print.js';
import { workBar } from '../progress.js';
import { type DbFlags, databaseFile, workloadOf } from './target.js';

export interface DbAdviseFlags extends DbFlags {
  readonly sql?: boolean;
}

/** `edge-optimizer db advise`. */
export async function dbAdvise(target: string, flags: DbAdviseFlags): Promise<number> {
  const file = databaseFile(target);
  const { statements, from } = workloadOf(file, flags);
  const advice = advised(file, statements);
  if (flags.json) printJson({ database: file, workload: from, ...advice });
  else if (flags.sql) for (const { sql } of [...advice.create, ...advice.drop]) print(`${sql};`);
  else {
    print(`${statements.length} statements, by ${from}; ${advice.tried} indexes were tried on a copy.`);
    for (const line of adviceLines(advice)) print(line);
  }
  return 0;
}

function advised(file: string, statements: readonly WorkloadStatement[]): Advice {
  const bar = workBar('indexes');
  const beganAt = performance.now();
  try {
    return adviseSqlite(file, statements, {
      onProgress: (done, most) => {
        const leftMs = ((performance.now() - beganAt) / done) * (most - done);
        bar.update({ done, most, leftMs, current: 'building them on a copy' });
      },
    });
  } finally {
    bar.stop();
  }
}

/** The advice for a person. */
export function adviceLines({ create, drop, beforeMs, afterMs, unread }: Advice): string[] {
  const lines = unread.map(({ sql, why }) => `left out: ${oneLine(sql)}: ${oneLine(why)}`);
  if (create.length === 0) lines.push('No index would make it faster.');
  else lines.push(`The workload takes ${milliseconds(beforeMs)} now, and ${milliseconds(afterMs)} with these indexes:`);
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
