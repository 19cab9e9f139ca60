import { executeInThread } from '../../database/sqlite/in-thread.js';
import { CONNECTION_SETTINGS, type WatchedDatabase } from '../../database/sqlite/watched-database.js';
import type { Clock } from '../../foundation/clock.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import { z } from '../../foundation/validate.js';
import { trialIndexes } from '../../store/trial-indexes.js';
import { doing, undoing } from '../databases/change-statements.js';
import {
  createChanges,
  type DatabaseBounds,
  type DatabaseChange,
  dropChanges,
  mmapChange,
  pageCacheChange,
  statisticsChange,
} from '../databases/database-change.js';
import { IndexAdviser } from '../databases/index-adviser.js';
import { CALLS_PER_SCORE, NO_SCORE, QueryTimes, RelativeTimes } from '../databases/query-times.js';
import { type LastingStates, StandingChanges } from '../databases/standing-changes.js';
import type { OptimizationStrategy, ProposedChange, Score, Undo } from '../optimization-strategy.js';

/** What the strategy works with, and how far it may go. */
export interface DatabaseStrategyParts extends DatabaseBounds {
  readonly databases: readonly WatchedDatabase[];
  readonly states: LastingStates;
  /** Why nothing that costs much may be done now; null where it may. */
  readonly obstacle: () => string | null;
  /** Bytes of memory that are left; null where nothing tells. */
  readonly memoryFreeBytes: () => number | null;
  readonly clock: Clock;
  /** ms that a database is watched before indexes are looked for; default ten minutes. */
  readonly firstAdviceAfterMs?: number;
}

/** A change with the time that it takes to see what it brings. */
interface TimedChange extends ProposedChange {
  readonly change: DatabaseChange;
}

/** What is looked at now: proposed, measured before, tried. */
interface Focus {
  readonly proposal: TimedChange;
  readonly times: RelativeTimes;
  /** ms that only go forward. */
  readonly since: number;
  /** Unix ms; null before it is applied. */
  appliedAt: number | null;
}

const SHORTEST_WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 1_800_000;
/** So many scores a window, if there are calls enough. */
const SCORES_PER_WINDOW = 20;
const LEAST_SCORES = 4;
/** What the engine did not want, or what did not pay, makes room for something else for so long. */
const ASIDE_MS = 3_600_000;
/** What was kept is not done again before that, though it may be due: statistics of a table that grows by the hour. */
const KEPT_MS = 24 * ASIDE_MS;
/** Whoever asks is told of an advice that is there within that; the next one to ask is told of a later one. */
const PATIENCE_MS = 10_000;

const savedWay = z.object({
  to: z.string(),
  database: z.string(),
  undo: z.array(z.string()),
  setting: z.object({ name: z.enum(CONNECTION_SETTINGS), before: z.number(), after: z.number() }).nullable(),
  stood: z.looseObject({}),
});

/**
 * What makes databases in use faster: statistics for the planner, indexes that pay on a copy for what was asked, indexes that nothing needs,
 * a larger page cache. Each is judged by how long the same queries take before and after, each as often as it comes. How to take back what
 * is being tried is on the medium before it is done: a crash in the middle leaves nothing of it after the next start.
 */
export class DatabaseStrategy implements OptimizationStrategy<TimedChange> {
  readonly type = 'database';
  readonly #parts: DatabaseStrategyParts;
  readonly #adviser: IndexAdviser;
  /** What was asked since something of the database changed. */
  readonly #times = new Map<WatchedDatabase, { readonly times: QueryTimes; readonly since: number }>();
  /** By what is proposed, ms that only go forward until which it waits. */
  readonly #aside = new Map<string, number>();
  /** Whose remains of an earlier run have been taken away. */
  readonly #swept = new Set<WatchedDatabase>();
  readonly #standing: StandingChanges;
  /** Databases of whose new statistics this connection could not be told yet. */
  readonly #untold = new Set<WatchedDatabase>();
  #focus: Focus | null = null;
  #score: Score = NO_SCORE;

  constructor(parts: DatabaseStrategyParts) {
    this.#parts = parts;
    this.#standing = new StandingChanges(parts.states);
    this.#adviser = new IndexAdviser({
      obstacle: parts.obstacle,
      clock: parts.clock,
      firstAfterMs: parts.firstAdviceAfterMs,
    });
  }

  /** Takes away what an earlier run was trying when it ended. */
  async begin(saved: unknown): Promise<void> {
    this.#standing.load(saved);
    for (const database of this.#parts.databases) await this.#sweep(database);
  }

  restore(saved: unknown): void {
    if (!this.#standing.load(saved)) return;
    for (const database of this.#parts.databases) {
      for (const [setting, value] of this.#standing.settingsOf(database.name)) database.set(setting, value);
    }
  }

  async observe(): Promise<void> {
    for (const database of this.#parts.databases) {
      database.monitor.isPaused = false;
      if (database.connection === null) continue;
      if (!this.#swept.has(database)) await this.#sweep(database);
      if (!this.#times.has(database)) this.#changed(database);
      if (this.#untold.has(database)) this.#tell(database);
    }
    if (this.#focus === null) this.#adviser.look(this.#open);
    this.#score = this.#focus?.times.score() ?? NO_SCORE;
  }

  async propose(): Promise<TimedChange | null> {
    if (this.#trying !== null) return null;
    const now = this.#parts.clock.now();
    if (this.#focus !== null) {
      if (now - this.#focus.since < 2 * this.#focus.proposal.windowMs + SHORTEST_WINDOW_MS) return this.#focus.proposal;
      this.#setAside(this.#focus.proposal.to);
      this.#focus = null;
    }
    const found = this.#next(now) ?? ((await this.#adviceArrives()) ? this.#next(now) : null);
    if (found !== null) this.#focusOn(found, now);
    return found;
  }

  whyNothing(): string {
    if (this.#trying !== null) return `${this.#trying.proposal.to} is being tried`;
    const open = this.#open;
    if (open.length === 0) return 'no database is open that could be written';
    return open.map((database) => this.#adviser.stateOf(database)).join('; ');
  }

  async apply(proposal: TimedChange): Promise<Undo> {
    const { change } = proposal;
    const { database, action } = change;
    if (database.connection === null) throw new Error(`${database.name} cannot be written now`);
    const undo = undoing(change);
    const before = action.kind === 'setting' ? database.setting(action.setting) : 0;
    const at = this.#parts.clock.unixNow();
    const stood = this.#standing.saved;
    this.#standing.trialBegins(database.name, at, undo);
    try {
      if (action.kind === 'setting') database.set(action.setting, action.value);
      else await this.#execute(database, doing(change));
    } catch (error) {
      this.#standing.trialIsOver(database.name);
      this.#setAside(proposal.to);
      this.#focus = null;
      throw error;
    }
    if (this.#focus === null || this.#focus.proposal !== proposal) this.#focusOn(proposal, this.#parts.clock.now());
    this.#focus!.appliedAt = at;
    this.#focus!.times.restart();
    let isUndone = false;
    return async () => {
      if (isUndone) return;
      if (action.kind === 'setting') database.set(action.setting, before);
      else await this.#execute(database, undo);
      isUndone = true;
      this.#standing.giveUp(change, stood);
      this.#standing.trialIsOver(database.name);
      this.#setAside(proposal.to);
      this.#leave(database);
    };
  }

  wayBack({ change, to }: TimedChange): object | null {
    const { database, action } = change;
    if (database.connection === null) return null;
    const setting = action.kind === 'setting' ? action : null;
    return {
      to,
      database: database.name,
      undo: undoing(change),
      setting: setting && { name: setting.setting, before: database.setting(setting.setting), after: setting.value },
      stood: this.#standing.saved,
    };
  }

  async goBack(way: unknown): Promise<void> {
    const { to, database: name, undo, setting, stood } = savedWay.parse(way);
    const database = this.#parts.databases.find((one) => one.name === name);
    if (!database || database.connection === null) throw new Error(`${name} cannot be written now`);
    if (this.#trying?.proposal.change.database === database) throw new Error(`something is just tried on ${name}`);
    if (setting !== null) {
      const now = database.setting(setting.name);
      if (now !== setting.after) throw new Error(`${setting.name} of ${name} is ${now} by now`);
      database.set(setting.name, setting.before);
    } else await this.#execute(database, undo);
    this.#standing.giveUp({ database }, stood);
    this.#setAside(to);
    this.#leave(database);
  }

  score(): Score {
    return this.#score;
  }

  kept(): void {
    if (this.#focus === null) return;
    const { change } = this.#focus.proposal;
    this.#standing.keep(change, this.#focus.appliedAt);
    this.#setAside(this.#focus.proposal.to, KEPT_MS);
    this.#leave(change.database);
  }

  rest(): void {
    this.#adviser.rest();
    for (const { monitor } of this.#parts.databases) monitor.isPaused = true;
    if (this.#trying === null) this.#focus = null;
    this.#score = NO_SCORE;
  }

  save(): object {
    return this.#standing.saved;
  }

  get #trying(): Focus | null {
    return this.#focus?.appliedAt == null ? null : this.#focus;
  }

  get #open(): readonly WatchedDatabase[] {
    return this.#parts.databases.filter((database) => database.connection !== null && this.#swept.has(database));
  }

  /** The first change that may be tried, with its window. */
  #next(now: number): TimedChange | null {
    for (const database of this.#open) {
      for (const change of this.#changesOf(database)) {
        if ((this.#aside.get(change.to) ?? Number.NEGATIVE_INFINITY) > now) continue;
        const windowMs = this.#windowFor(change, now);
        if (windowMs === null) continue;
        const { knobs, from, to, reason, leastEffect, mustPay = false } = change;
        return {
          knobs,
          from,
          to,
          reason,
          windowMs,
          mustPay,
          ...(leastEffect !== undefined && { leastEffect }),
          change,
        };
      }
    }
    return null;
  }

  *#changesOf(database: WatchedDatabase): Iterable<DatabaseChange> {
    const statistics = statisticsChange(database);
    if (statistics !== null) yield statistics;
    const advice = this.#adviser.adviceOn(database);
    if (advice !== null) {
      yield* createChanges(database, advice, this.#parts);
      yield* dropChanges(database, advice.advice.drop);
    }
    const cache = pageCacheChange(database, this.#parts, this.#parts.memoryFreeBytes());
    if (cache !== null) yield cache;
    const mmap = mmapChange(database, this.#parts);
    if (mmap !== null) yield mmap;
  }

  /** As long as the queries concerned take to come often enough; null where they come too seldom to tell anything. */
  #windowFor({ database, queries }: DatabaseChange, now: number): number | null {
    const { times, since } = this.#times.get(database)!;
    let calls = 0;
    for (const [id, query] of times.since()) if (queries === null || queries.has(id)) calls += query.calls;
    const perMs = calls / Math.max(1, now - since);
    if (perMs * LONGEST_WINDOW_MS < LEAST_SCORES * CALLS_PER_SCORE) return null;
    const windowMs = (SCORES_PER_WINDOW * CALLS_PER_SCORE) / perMs;
    return Math.round(Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, windowMs)));
  }

  #focusOn(proposal: TimedChange, now: number): void {
    const { database, queries } = proposal.change;
    const before = this.#times.get(database)?.times.since() ?? new Map();
    const times = new RelativeTimes(database.monitor, before, queries);
    this.#focus = { proposal, times, since: now, appliedAt: null };
  }

  #leave(database: WatchedDatabase): void {
    this.#focus = null;
    this.#score = NO_SCORE;
    this.#changed(database);
  }

  #changed(database: WatchedDatabase): void {
    const times = new QueryTimes(database.monitor);
    times.mark();
    this.#times.set(database, { times, since: this.#parts.clock.now() });
  }

  #setAside(to: string, ms = ASIDE_MS): void {
    this.#aside.set(to, this.#parts.clock.now() + ms);
  }

  /** @returns whether an advice came within the time that whoever asks has */
  async #adviceArrives(): Promise<boolean> {
    const { underWay } = this.#adviser;
    if (underWay === null) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS);
    });
    return Promise.race([underWay.then(() => true), late]).finally(() => clearTimeout(timer));
  }

  /** What an earlier run left: what it was trying, and indexes that nobody has kept. */
  async #sweep(database: WatchedDatabase): Promise<void> {
    const { connection } = database;
    if (connection === null) return;
    const undo = this.#standing.undoLeft(database.name);
    const kept = this.#standing.indexesOf(database.name);
    const remains = trialIndexes(connection).filter((name) => !kept.has(name));
    const statements = [...remains.map((name) => `DROP INDEX IF EXISTS ${quotedName(name)}`), ...(undo ?? [])];
    try {
      if (statements.length > 0) await this.#execute(database, statements);
      if (undo !== null) this.#standing.trialIsOver(database.name);
      this.#swept.add(database);
    } catch {
      // somebody else has it locked: it is tried again at the next look, and nothing else is tried before
    }
  }

  async #execute(database: WatchedDatabase, statements: readonly string[]): Promise<void> {
    await executeInThread(database.file, statements);
    this.#tell(database);
  }

  /** Nothing else tells a connection of statistics that another one has gathered. */
  #tell(database: WatchedDatabase): void {
    try {
      database.connection?.exec('ANALYZE sqlite_schema');
      this.#untold.delete(database);
    } catch {
      // locked, or rows are being read: at the next look
      this.#untold.add(database);
    }
  }
}
