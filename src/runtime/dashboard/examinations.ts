import type { AdvisedIndexes, ExaminationReply } from '../../dashboard/api/database.js';
import type { Advice } from '../../database/advisor/advice.js';
import type { DatabasePerformance } from '../../database/report/database-report.js';
import { queryFingerprint } from '../../database/sql/query-fingerprint.js';
import { adviseInThread, reportInThread } from '../../database/sqlite/in-thread.js';
import type { WatchedDatabase } from '../../database/sqlite/watched-database.js';
import { ApiRefusal } from '../../http/api-route.js';
import { AskedWork } from '../asked-work.js';

/** With what databases are examined. */
export interface ExaminationParts {
  readonly databases: readonly WatchedDatabase[];
  /** Why nothing that costs much may be done now, for people; null where it may. */
  readonly obstacle: () => string | null;
  /** Unix ms. */
  readonly now: () => number;
}

/** What was found is given again for so long: nobody can keep the device busy by asking. */
const FRESH_MS = 60_000;
const LONGEST_MS = 90_000;
/** Of these, what looking for indexes takes at most. */
const ADVICE_S = 30;
const COPY = { mostRows: 50_000, mostBytes: 32 * 2 ** 20, mostCandidates: 30, mostS: ADVICE_S };
const MOST_LISTED = 20;

const NEVER: ExaminationReply = {
  state: 'none',
  startedAt: null,
  endedAt: null,
  failure: null,
  health: null,
  tables: [],
  advice: null,
  adviceObstacle: null,
};

/**
 * Examinations of the program's databases on demand: the whole file is read, and indexes are tried on a copy, in a thread of its own, one database at a
 * time and bounded in time. Nothing of a database is changed.
 */
export class Examinations {
  readonly #parts: ExaminationParts;
  readonly #found = new Map<string, ExaminationReply>();
  readonly #work = new AskedWork<string>(LONGEST_MS);
  #running: string | null = null;

  constructor(parts: ExaminationParts) {
    this.#parts = parts;
  }

  /** null: there is no such database. */
  of(name: string): ExaminationReply | null {
    return this.#database(name) === undefined ? null : (this.#found.get(name) ?? NEVER);
  }

  /**
   * Begins one, unless it is under way or has just ended.
   *
   * @returns how it stands; null: there is no such database
   * @throws ApiRefusal 409 while another database is examined
   */
  begin(name: string): ExaminationReply | null {
    const database = this.#database(name);
    if (database === undefined) return null;
    const found = this.#found.get(name) ?? NEVER;
    if (found.state === 'running') return found;
    const now = this.#parts.now();
    if (found.endedAt !== null && now - found.endedAt < FRESH_MS && now >= found.endedAt) return found;
    if (this.#running !== null) {
      throw new ApiRefusal(409, `${this.#running} is being examined: ask again when it is done`);
    }
    const begun: ExaminationReply = { ...found, state: 'running', startedAt: now, endedAt: null, failure: null };
    this.#found.set(name, begun);
    this.#running = name;
    this.#work.ask(
      name,
      (signal) => this.#examine(database, signal),
      (outcome) => {
        const became =
          'made' in outcome ? { ...outcome.made, startedAt: now } : { ...begun, state: 'failed' as const, ...outcome };
        this.#found.set(name, { ...became, endedAt: this.#parts.now() });
        this.#running = null;
      },
    );
    return begun;
  }

  /** Ends what is under way. */
  stop(): Promise<void> {
    return this.#work.stop();
  }

  #database(name: string): WatchedDatabase | undefined {
    return this.#parts.databases.find((database) => database.name === name);
  }

  async #examine(database: WatchedDatabase, signal: AbortSignal): Promise<ExaminationReply> {
    const report = await reportInThread(database.file, signal);
    const obstacle = this.#parts.obstacle();
    const workload = database.monitor.workload();
    const advises = obstacle === null && workload.length > 0;
    const advice = advises ? await adviseInThread(database.file, workload, COPY, signal) : null;
    return {
      ...foundIn(report),
      state: 'done',
      advice: advice && masked(advice.advice, database),
      adviceObstacle: obstacle ?? (workload.length === 0 ? 'nothing was asked of it yet' : null),
    };
  }
}

function foundIn({ health, tables }: DatabasePerformance): ExaminationReply {
  return {
    ...NEVER,
    health: { score: health.score, parts: health.parts.map((part) => ({ ...part })) },
    tables: tables.slice(0, MOST_LISTED).map((table) => ({ ...table })),
  };
}

/** Statements without the values that they were written with, and without the indexes that the program needs whatever it was asked so far. */
function masked(
  { create, drop, unread, beforeMs, afterMs, tried, cutShort }: Advice,
  { keepsIndex }: WatchedDatabase,
): AdvisedIndexes {
  return {
    beforeMs,
    afterMs,
    tried,
    cutShort,
    create: create.slice(0, MOST_LISTED).map(({ sql, savesMs, bytes, statements }) => ({
      sql,
      savesMs,
      bytes,
      helps: statements.slice(0, 5).map((helped) => ({
        text: queryFingerprint(helped.sql).text,
        beforeMs: helped.beforeMs,
        afterMs: helped.afterMs,
        plan: [...helped.plan],
      })),
    })),
    drop: drop
      .filter(({ name }) => !keepsIndex(name))
      .slice(0, MOST_LISTED)
      .map(({ sql, why, instead, bytes }) => ({ sql, why, instead, bytes })),
    unread: unread.slice(0, MOST_LISTED).map(({ sql, why }) => ({ text: queryFingerprint(sql).text, why })),
  };
}
