import { writeSync } from 'node:fs';
import { silentLog } from '../../src/foundation/log.js';
import { Checkpointer } from '../../src/store/checkpointer.js';
import { StoreFile } from '../../src/store/store-file.js';
import { LEDGER_MIGRATIONS, textOfRow } from './ledger.js';

/*
 * Writes numbered rows as fast as it can through the program's own store, and says each time what has been committed, on stdout,
 * which a killed process cannot take back. torture.ts kills it, fills its disk and makes it read-only.
 */

const [file, speed] = process.argv.slice(2) as [string, string];
const STDOUT = 1;
/** Rows that may wait while the disk takes none. */
const MOST_WAITING = 200;
const ROWS_AT_ONCE = 5;

/** A clock that runs faster, so that pauses after failures do not take minutes. */
const begun = Date.now();
const now = (): number => begun + (Date.now() - begun) * Number(speed);

function say(line: string): void {
  for (;;) {
    try {
      writeSync(STDOUT, `${line}\n`);
      return;
    } catch (error) {
      // the reader is slower: what is not said would not count as committed
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

// a checkpoint again and again, so that some are interrupted
const checkpointer = new Checkpointer({ log: silentLog, everyMs: 5, atPages: 40 });
const store = new StoreFile({
  what: 'the ledger',
  file,
  migrations: LEDGER_MIGRATIONS,
  log: silentLog,
  checkpointer,
  now,
  random: () => 0,
  listener: {
    degraded: () => say('degraded'),
    recovered: () => say('recovered'),
    setAside: () => say('set aside'),
  },
});
const waiting: number[] = [];
const link = store.join({
  what: 'rows',
  adopt: (database) => ({
    add: database.prepare('INSERT INTO ledger VALUES (?, ?)'),
    last: database.prepare('SELECT coalesce(max(n), 0) AS n FROM ledger'),
  }),
  flush: ({ add }) => {
    if (waiting.length === 0) return null;
    for (const n of waiting) add.run(n, textOfRow(n));
    const last = waiting.at(-1)!;
    const rows = waiting.length;
    return () => {
      waiting.splice(0, rows);
      say(`committed ${last}`);
    };
  },
});

store.start();
/** The next row; null while the file cannot even be read. */
let next = readNext();
work();

function readNext(): number | null {
  const found = link.read(({ last }) => last.get() as { n: number });
  if (found === null) return null;
  say(`found ${found.n}`);
  return found.n + 1;
}

function work(): void {
  next ??= readNext();
  if (next !== null) {
    for (let i = 0; i < ROWS_AT_ONCE && waiting.length < MOST_WAITING; i++) waiting.push(next++);
  }
  store.flush();
  // a full disk is asked no more often than the store allows it
  if (link.degraded) setTimeout(work, 5);
  else setImmediate(work);
}
