import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** A trial as it is kept. */
export interface StoredTrial {
  readonly id: string;
  /** Unix ms of its begin. */
  readonly at: number;
  readonly strategy: string;
  /** null while it is under way, or where the program ended during it. */
  readonly verdict: string | null;
  /** All of it, JSON. */
  readonly record: object;
}

/** What is asked of the ledger. */
export interface TrialQuery {
  /** Unix ms of the begin. */
  readonly since: number;
  readonly until?: number | undefined;
  readonly strategy?: string | undefined;
  /** `UNDER_WAY` asks for those without one. */
  readonly verdict?: string | undefined;
  /** The newest so many, after leaving out `skip` of them. */
  readonly limit: number;
  readonly skip?: number | undefined;
}

/** What stands for no verdict yet, where one is asked for. */
export const UNDER_WAY = 'under-way';

const DAY_MS = 86_400_000;
const KEPT_MS = 400 * DAY_MS;
/** Some 10,000 trials: three years of one an hour. */
const MAX_BYTES = 16 * 2 ** 20;
/** What waits for a disk that takes it; there are some six trials an hour. */
const MAX_PENDING = 500;

const COLUMNS = 'id, at, strategy, verdict, record';
const PUT = `INSERT INTO trials (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, record = excluded.record`;
const ASKED = `FROM trials WHERE at >= ? AND at <= ? AND (? IS NULL OR strategy = ?) AND (? IS NULL OR coalesce(verdict, '${UNDER_WAY}') = ?)`;
const KEEP = `INSERT INTO tuned (name, saved_at, state) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET saved_at = excluded.saved_at, state = excluded.state`;

/**
 * What the tuning tried and what became of it, in `history.db` for 400 days, and what it kept, which a restart begins with. What
 * is under way is on the medium before it is done, so that not even a power cut hides what a device died of. Nothing here throws:
 * what the disk refuses waits in memory, bounded.
 */
export class TrialStore {
  readonly #link: TablesLink<TrialStatements>;
  readonly #now: () => number;
  /** By id: not on the disk yet. */
  readonly #pending = new Map<string, StoredTrial>();
  /** By name. */
  readonly #states = new Map<string, string>();

  /** @param file with `HISTORY_MIGRATIONS` @param now Unix ms */
  constructor(file: StoreFile, now: () => number = Date.now) {
    this.#now = now;
    this.#link = file.join({
      what: 'trials',
      adopt: trialStatements,
      flush: (statements) => this.#flush(statements),
      retention: [{ table: 'trials', timeColumn: 'at', maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES }],
    });
  }

  /** Keeps a trial, or what became of it; it is on the medium when this returns, where there is a disk. @returns whether it is */
  put(trial: StoredTrial): boolean {
    if (this.#link.write(({ put }) => void put.run(...valuesOf(trial)), true)) {
      this.#pending.delete(trial.id);
      return true;
    }
    this.#pending.set(trial.id, trial);
    if (this.#pending.size > MAX_PENDING) {
      this.#pending.delete(this.#pending.keys().next().value!);
      this.#link.drop();
    }
    return false;
  }

  /** Trials without a verdict, oldest first: when the program starts, those that an earlier run ended in. */
  underWay(): StoredTrial[] {
    const stored = this.#link.read(({ underWay }) => storedTrials(underWay.all())) ?? [];
    return merged(stored, [...this.#pending.values()]).filter(({ verdict }) => verdict === null);
  }

  /** Newest first, those that wait to be written too; null where the disk cannot be read and nothing waits. */
  read(query: TrialQuery): StoredTrial[] | null {
    const waiting = [...this.#pending.values()].filter((trial) => isAsked(trial, query));
    // one that waits may stand in the file as it was before
    const limit = query.limit + (query.skip ?? 0) + waiting.length;
    const stored = this.#link.read((statements) => trialsAsked(statements, { ...query, limit, skip: 0 }));
    if (stored === null && waiting.length === 0) return null;
    const skip = query.skip ?? 0;
    return merged(stored ?? [], waiting)
      .reverse()
      .slice(skip, skip + query.limit);
  }

  /** How many there are, whatever the limit; null where the disk cannot be read. */
  count(query: TrialQuery): number | null {
    return this.#link.read((statements) => countTrials(statements, query));
  }

  /** What is to stand after a restart, under a name; JSON. */
  keep(name: string, state: object): void {
    const text = JSON.stringify(state);
    const isWritten = this.#link.write(({ keep }) => void keep.run(name, this.#now(), text), true);
    if (isWritten) this.#states.delete(name);
    else this.#states.set(name, text);
  }

  /** What was kept under the name, whatever it is; null where nothing was, or it cannot be read. */
  kept(name: string): unknown {
    const waiting = this.#states.get(name);
    const row = this.#link.read(({ kept }) => kept.get(name) as { state: string } | undefined);
    return parsed(waiting ?? row?.state ?? null);
  }

  #flush({ put, keep }: TrialStatements): (() => void) | null {
    if (this.#pending.size === 0 && this.#states.size === 0) return null;
    const trials = [...this.#pending.values()];
    const states = [...this.#states];
    for (const trial of trials) put.run(...valuesOf(trial));
    for (const [name, state] of states) keep.run(name, this.#now(), state);
    return () => {
      for (const trial of trials) if (this.#pending.get(trial.id) === trial) this.#pending.delete(trial.id);
      for (const [name, state] of states) if (this.#states.get(name) === state) this.#states.delete(name);
    };
  }
}

/** What is asked of the tables. */
export interface TrialStatements {
  readonly put: StatementPort;
  readonly underWay: StatementPort;
  readonly asked: StatementPort;
  readonly count: StatementPort;
  readonly keep: StatementPort;
  readonly kept: StatementPort;
}

export const trialStatements = (database: Pick<DatabasePort, 'prepare'>): TrialStatements => ({
  put: database.prepare(PUT),
  underWay: database.prepare(`SELECT ${COLUMNS} FROM trials WHERE verdict IS NULL ORDER BY at, rowid`),
  asked: database.prepare(`SELECT ${COLUMNS} ${ASKED} ORDER BY at DESC, rowid DESC LIMIT ? OFFSET ?`),
  count: database.prepare(`SELECT count(*) AS trials ${ASKED}`),
  keep: database.prepare(KEEP),
  kept: database.prepare('SELECT state FROM tuned WHERE name = ?'),
});

/** Whether the file is of a version that keeps them. */
export const hasTrials = (database: Pick<DatabasePort, 'prepare'>): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'trials'").get() !== undefined;

/** Newest first. */
export const trialsAsked = ({ asked }: Pick<TrialStatements, 'asked'>, query: TrialQuery): StoredTrial[] =>
  storedTrials(asked.all(...wordsOf(query), query.limit, query.skip ?? 0));

/** How many there are, whatever the limit. */
export const countTrials = ({ count }: Pick<TrialStatements, 'count'>, query: TrialQuery): number =>
  (count.get(...wordsOf(query)) as { trials: number }).trials;

function wordsOf({ since, until, strategy = null, verdict = null }: { [K in keyof TrialQuery]: TrialQuery[K] | null }) {
  return [since, until ?? Number.MAX_SAFE_INTEGER, strategy, strategy, verdict, verdict] as const;
}

function isAsked(trial: StoredTrial, { since, until = Number.POSITIVE_INFINITY, strategy, verdict }: TrialQuery) {
  const { at } = trial;
  return at >= since && at <= until && (strategy ?? trial.strategy) === trial.strategy && isOf(trial, verdict);
}

const isOf = ({ verdict }: StoredTrial, wanted: string | undefined): boolean =>
  wanted === undefined || (verdict ?? UNDER_WAY) === wanted;

/** Oldest first; what waits stands for what the file has of the same trial. */
function merged(stored: readonly StoredTrial[], waiting: readonly StoredTrial[]): StoredTrial[] {
  const byId = new Map([...stored, ...waiting].map((trial) => [trial.id, trial]));
  return [...byId.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

function storedTrials(rows: unknown[]): StoredTrial[] {
  return (rows as (StoredTrial & { record: string })[]).flatMap((row) => {
    const record = parsed(row.record);
    const { id, at, strategy, verdict } = row;
    return typeof record === 'object' && record !== null ? { id, at, strategy, verdict, record } : [];
  });
}

function parsed(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    // somebody wrote into the file by hand
    return null;
  }
}

const valuesOf = ({ id, at, strategy, verdict, record }: StoredTrial) =>
  [id, at, strategy, verdict, JSON.stringify(record)] as const;
