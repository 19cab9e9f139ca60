import { parentPort, workerData } from 'node:worker_threads';
import { explain } from '../foundation/errors.js';
import type { CheckpointNews, CheckpointOrder, CheckpointThreadTask } from './checkpointer.js';
import { isBusy, loadSqlite, type SqliteConnection } from './sqlite.js';
import { bytesOfTables } from './table-bytes.js';

/*
 * The thread of checkpointer.ts. It has the databases open as long as the main thread has: whoever closes a database last
 * checkpoints it, and that should be this thread.
 */

/** Of a log that others write to meanwhile, at one look; each takes as long as the medium needs twice. */
const MOST_PASSES = 3;

const { everyMs, atPages } = workerData as CheckpointThreadTask;
const port = parentPort!;
const Constructor = loadSqlite();
const connections = new Map<string, SqliteConnection | null>();

const say = (news: CheckpointNews): void => port.postMessage(news);

setInterval(() => {
  for (const file of connections.keys()) lookAfter(file);
}, everyMs);

port.on('message', (order: CheckpointOrder) => {
  switch (order.kind) {
    case 'attend':
      close(order.file);
      connections.set(order.file, null);
      lookAfter(order.file);
      return;
    case 'leave':
      close(order.file);
      connections.delete(order.file);
      say({ kind: 'left', file: order.file });
      return;
    case 'check':
      say({ kind: 'answer', id: order.id, answer: verdictOn(order.file) });
      return;
    case 'measure':
      say({ kind: 'answer', id: order.id, answer: measured(order.file, order.tables) });
  }
});

function lookAfter(file: string): void {
  try {
    const sqlite = connectionTo(file);
    // NOOP only tells; where an older SQLite does not know the word it checkpoints, which does no harm
    let [state] = sqlite.pragma('wal_checkpoint(NOOP)') as [LogState];
    for (let pass = 0; pass < MOST_PASSES && isDue(state); pass++) {
      [state] = sqlite.pragma('wal_checkpoint(PASSIVE)') as [LogState];
    }
    say({ kind: 'log', file, pages: state.log, inDatabase: state.checkpointed });
  } catch (error) {
    close(file);
    if (!isBusy(error)) say({ kind: 'trouble', file, reason: explain(error) });
  }
}

/** Pages in the log, and those of them that are in the database too. */
interface LogState {
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * The log starts anew only once all of it is in the database. What was written while a slow medium was brought the rest is little, but
 * would wait for as many pages again, and be missed by the same: a log that has grown twice as long as it should is brought in whole.
 */
const isDue = ({ log, checkpointed }: LogState): boolean =>
  log - checkpointed >= atPages || (log >= 2 * atPages && log > checkpointed);

function connectionTo(file: string): SqliteConnection {
  const open = connections.get(file);
  if (open) return open;
  const sqlite = new Constructor(file, { fileMustExist: true, timeout: 0 });
  sqlite.pragma('synchronous = NORMAL');
  sqlite.pragma('cache_size = -1024');
  sqlite.pragma('wal_autocheckpoint = 0');
  connections.set(file, sqlite);
  return sqlite;
}

function close(file: string): void {
  const sqlite = connections.get(file);
  if (!sqlite) return;
  connections.set(file, null);
  try {
    sqlite.close();
  } catch (error) {
    say({ kind: 'trouble', file, reason: explain(error) });
  }
}

/** What is damaged; null where nothing is, or it cannot be told now. */
function verdictOn(file: string): string | null {
  try {
    const verdict = String(connectionTo(file).pragma('quick_check(1)', { simple: true }));
    return verdict === 'ok' ? null : verdict;
  } catch (error) {
    return /^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code)) ? explain(error) : null;
  }
}

function measured(file: string, tables: readonly string[]): readonly (readonly [string, number])[] {
  try {
    return [...bytesOfTables(connectionTo(file), tables)];
  } catch {
    return [];
  }
}
