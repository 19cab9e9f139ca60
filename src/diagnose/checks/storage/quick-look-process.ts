import { explain } from '../../../foundation/errors.js';
import { quickLookAt } from '../../../store/database-report.js';
import { isCorrupt } from '../../../store/sqlite.js';

/*
 * A process of its own: SQLite reads a database without a pause, and only a process can be ended meanwhile. It is given the
 * files, and prints what it finds of each, a line of JSON each.
 */

/** What is printed of a file. */
export interface PrintedLook {
  readonly file: string;
  /** Steps of the schema; null where it cannot be read. */
  readonly schema: number | null;
  readonly problems: readonly string[];
  /** Why it cannot be read although it may be whole; null where it can. */
  readonly unreadable: string | null;
}

function look(file: string): PrintedLook {
  try {
    return { file, ...quickLookAt(file), unreadable: null };
  } catch (error) {
    const reason = explain(error);
    if (isCorrupt(error)) return { file, schema: null, problems: [reason], unreadable: null };
    return { file, schema: null, problems: [], unreadable: reason };
  }
}

for (const file of process.argv.slice(2)) process.stdout.write(`${JSON.stringify(look(file))}\n`);
