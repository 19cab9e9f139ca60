import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import { createLog, type Log } from '../../foundation/log.js';
import { HISTORY_MIGRATIONS } from '../../store/migrations.js';
import { StoreFile } from '../../store/store-file.js';
import { TrialStore } from '../../store/trials.js';
import type { Optimization, OptimizationStrategy } from '../optimization-strategy.js';
import { type GuardReadings, UNSEEN } from '../trials/guards.js';
import { TrialLedger } from '../trials/ledger.js';
import { MemoryTrials } from '../trials/memory-trials.js';
import { parseTrials, type TrialRecord } from '../trials/trial.js';
import { OptimizationEngine } from './optimization-engine.js';

/** What is tried in a program, and where that is kept. */
export interface OwnOptimizationOptions {
  /** One of each type at most; all are on. */
  readonly strategies: readonly OptimizationStrategy[];
  /** SQLite file of the ledger, made for its owner only; left out: trials and what was kept are forgotten when the program ends. */
  readonly file?: string;
  /** ms between two rounds in which the strategies are asked; default 300 000; 0: only `engine.optimizeSystem()` asks. */
  readonly everyMs?: number;
  /**
   * What no better score excuses, as it is now: errors, lateness, memory, heat. Left out is what nothing is known of; where it throws, that
   * is nothing, and logged.
   */
  readonly guards?: () => Partial<GuardReadings>;
  /**
   * Hears of each trial twice: when it begins (`verdict` null) and with its verdict; again where what could not be taken back is so. What it
   * throws is logged, and changes nothing.
   */
  readonly onTrial?: (trial: TrialRecord) => void;
  /** Default: warnings and errors to stderr. */
  readonly log?: Log;
  readonly clock?: Clock;
}

const EVERY_MS = 300_000;
const LONGEST_MS = 2 ** 31 - 1;
const TICK_MS = 1000;

/**
 * Strategies of a program's own, each of whose changes is a trial: measured before and after, kept where it did no harm, taken back
 * otherwise, and written to a ledger before it is made. No timer of it keeps the program alive.
 *
 * @example
 * ```ts
 * const optimization = new OwnOptimization({ strategies: [myStrategy], file: 'data/trials.db' });
 * await optimization.start();
 * const { strategies } = await optimization.engine.optimizeSystem();
 * for (const { strategy, outcome, why } of strategies) console.log(strategy, outcome, why);
 * optimization.stop();
 * ```
 */
export class OwnOptimization {
  readonly engine: OptimizationEngine;
  readonly #file: StoreFile | null;
  readonly #store: TrialStore | MemoryTrials;
  readonly #everyMs: number;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | null = null;
  /** ms that only go forward. */
  #askedAt = 0;

  /** @throws RangeError where two strategies are of one type, or the time between rounds is none */
  constructor(options: OwnOptimizationOptions) {
    const { strategies, file, everyMs = EVERY_MS, guards, onTrial, clock = systemClock } = options;
    const { log = createLog('warn') } = options;
    const types = new Set(strategies.map(({ type }) => type));
    if (types.size < strategies.length) throw new RangeError('strategies: expected one of each type at most');
    if (!(everyMs >= 0 && everyMs <= LONGEST_MS)) {
      throw new RangeError(`everyMs: expected 0 to ${LONGEST_MS} ms, got ${everyMs}`);
    }
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#file =
      file === undefined ? null : new StoreFile({ what: 'the trials', file, migrations: HISTORY_MIGRATIONS, log });
    this.#store = this.#file === null ? new MemoryTrials() : new TrialStore(this.#file, () => clock.unixNow());
    const tell = (trial: TrialRecord) => {
      try {
        onTrial?.(trial);
      } catch (error) {
        log.warn({ reason: explain(error) }, 'what hears of trials failed, they go on');
      }
    };
    this.engine = new OptimizationEngine({
      enabled: Object.fromEntries(OPTIMIZATIONS.map((type) => [type, types.has(type)])) as Record<
        Optimization,
        boolean
      >,
      ledger: new TrialLedger(this.#store),
      states: this.#store,
      guards: guardsOf(guards, log),
      circumstances: () => null,
      listener: {
        begun: tell,
        ended: tell,
        undone: tell,
        undoFailed: ({ strategy, from }, error) =>
          log.warn(
            { strategy, reason: explain(error) },
            `${strategy} could not be taken back to ${from}, it is tried again`,
          ),
        notRestored: (strategy, error) =>
          log.warn({ strategy, reason: explain(error) }, 'what the strategy had kept cannot be had again'),
      },
      clock,
    });
    for (const strategy of strategies) this.engine.register(strategy);
  }

  /** Opens the ledger, takes up what was kept, and begins to look once a second. */
  async start(): Promise<void> {
    if (this.#timer) return;
    this.#timer = setInterval(() => void this.tick(), TICK_MS).unref();
    this.#file?.start();
    await this.engine.start();
    this.#askedAt = this.#clock.now();
  }

  /** What is being tried ends without a verdict: it stands until then, and the next run begins with what was before. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.engine.stop();
    this.#file?.stop();
  }

  /** Looks at what is being tried, and asks the strategies where their time has come; the timer calls it. */
  async tick(): Promise<void> {
    await this.engine.tick();
    const now = this.#clock.now();
    if (this.#everyMs === 0 || now - this.#askedAt < this.#everyMs) return;
    this.#askedAt = now;
    await this.engine.optimizeSystem();
  }

  /** The ledger, newest first. @param limit at most so many @param since Unix ms of the begin */
  trials(limit = 100, since = 0): readonly TrialRecord[] {
    return parseTrials((this.#store.read({ since, limit }) ?? []).map(({ record }) => record));
  }
}

/** What is known now; where that cannot be had nothing is, which is told once until it can be had again. */
function guardsOf(guards: OwnOptimizationOptions['guards'], log: Log): () => GuardReadings {
  let isFailing = false;
  return () => {
    try {
      const known = guards?.();
      isFailing = false;
      return { ...UNSEEN, ...known };
    } catch (error) {
      if (!isFailing) log.warn({ reason: explain(error) }, 'what guards trials cannot be read: only scores judge them');
      isFailing = true;
      return UNSEEN;
    }
  };
}
