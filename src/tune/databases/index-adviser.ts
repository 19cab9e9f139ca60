import { adviseInThread, type ThreadAdvice } from '../../database/sqlite/in-thread.js';
import type { WatchedDatabase } from '../../database/sqlite/watched-database.js';
import type { Clock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import { sum } from '../../foundation/statistics.js';
import { QueryTimes } from './query-times.js';

/** What an adviser goes by. */
export interface IndexAdviserParts {
  /** Why nothing that costs much may be done now, for people: heat, a rush; null where it may. */
  readonly obstacle: () => string | null;
  readonly clock: Clock;
  /** ms that a database is watched before its first advice; default ten minutes. */
  readonly firstAfterMs?: number | undefined;
  /** For tests: what advises. */
  readonly advise?: typeof adviseInThread;
}

interface Watching {
  /** What was asked since the last advice. */
  readonly times: QueryTimes;
  /** ms that only go forward: since when it is watched, or when it was looked at last; and how long it is left alone from then on. */
  since: number;
  pauseMs: number;
  advice: ThreadAdvice | null;
  failure: string | null;
}

const FIRST_AFTER_MS = 600_000;
const AGAIN_AFTER_MS = 6 * 3_600_000;
/** What has been asked since, so that it says something, and an advice can win something. */
const LEAST_CALLS = 200;
const LEAST_MS = 50;
/** A copy takes so many bytes at most, of which many a device has not much more. */
const MOST_COPY_BYTES = 32 * 2 ** 20;
const MOST_ROWS = 50_000;
const MOST_CANDIDATES = 30;
/** An advice that takes longer is given up. */
const LONGEST_MS = 120_000;

/** Finds indexes for databases by what they were asked: one database at a time, in a thread, on a copy, while nothing speaks against it. */
export class IndexAdviser {
  readonly #parts: IndexAdviserParts;
  readonly #watching = new Map<WatchedDatabase, Watching>();
  #working: {
    readonly database: WatchedDatabase;
    readonly abort: AbortController;
    readonly done: Promise<void>;
    /** It was no fault of its own that it ended. */
    isInterrupted: boolean;
  } | null = null;

  constructor(parts: IndexAdviserParts) {
    this.#parts = parts;
  }

  /** Begins with what is due, and ends what must not go on. @param databases those that are open */
  look(databases: readonly WatchedDatabase[]): void {
    const obstacle = this.#parts.obstacle();
    if (this.#working !== null) {
      if (obstacle !== null) this.#interrupt(obstacle);
      return;
    }
    const due = databases.find((database) => this.#isDue(database));
    if (due !== undefined && obstacle === null) this.#advise(due);
  }

  /** Resolves when the advice under way is there. */
  get underWay(): Promise<void> | null {
    return this.#working?.done ?? null;
  }

  /** null as long as there is none. */
  adviceOn(database: WatchedDatabase): ThreadAdvice | null {
    return this.#watching.get(database)?.advice ?? null;
  }

  /** How it stands with a database, for people. */
  stateOf(database: WatchedDatabase): string {
    const { advice = null, failure = null, times } = this.#watching.get(database) ?? {};
    if (this.#working?.database === database) return `indexes are tried on a copy of ${database.name}`;
    if (failure !== null) return `indexes for ${database.name} could not be looked for: ${failure}`;
    if (advice !== null) return `no index would help what ${database.name} is asked`;
    const calls = sum([...(times?.since().values() ?? [])].map((query) => query.calls));
    return `${database.name} was asked ${calls} times, which is looked at after a while`;
  }

  /** Ends what is under way. */
  rest(): void {
    this.#interrupt('it was turned off');
  }

  #interrupt(why: string): void {
    if (this.#working === null) return;
    this.#working.isInterrupted = true;
    this.#working.abort.abort(new Error(why));
  }

  #isDue(database: WatchedDatabase): boolean {
    const { clock, firstAfterMs = FIRST_AFTER_MS } = this.#parts;
    let watching = this.#watching.get(database);
    if (watching === undefined) {
      watching = {
        times: new QueryTimes(database.monitor),
        since: clock.now(),
        pauseMs: firstAfterMs,
        advice: null,
        failure: null,
      };
      this.#watching.set(database, watching);
    }
    if (clock.now() - watching.since < watching.pauseMs) return false;
    let calls = 0;
    let ms = 0;
    for (const query of watching.times.since().values()) {
      calls += query.calls;
      ms += query.ms;
    }
    return calls >= LEAST_CALLS && ms >= LEAST_MS;
  }

  #advise(database: WatchedDatabase): void {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`it took longer than ${LONGEST_MS / 1000} s`)), LONGEST_MS);
    timer.unref();
    const done = this.#advised(database, abort.signal).finally(() => {
      clearTimeout(timer);
      this.#working = null;
    });
    this.#working = { database, abort, done, isInterrupted: false };
  }

  async #advised(database: WatchedDatabase, signal: AbortSignal): Promise<void> {
    const { advise = adviseInThread, clock, firstAfterMs = FIRST_AFTER_MS } = this.#parts;
    const watching = this.#watching.get(database)!;
    const options = { mostRows: MOST_ROWS, mostBytes: MOST_COPY_BYTES, mostCandidates: MOST_CANDIDATES };
    try {
      watching.advice = await advise(database.file, database.monitor.workload(), options, signal);
      watching.failure = null;
    } catch (error) {
      watching.failure = explain(error);
    }
    watching.since = clock.now();
    // what was interrupted is made up for soon, with all that was asked
    const isInterrupted = this.#working?.isInterrupted ?? false;
    watching.pauseMs = isInterrupted ? firstAfterMs : AGAIN_AFTER_MS;
    if (!isInterrupted) watching.times.mark();
  }
}
