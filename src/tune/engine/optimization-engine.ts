import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import { didYouMean } from '../../foundation/validate.js';
import type { KnobName } from '../knobs.js';
import type { Optimization, OptimizationStrategy, ProposedChange, Score } from '../optimization-strategy.js';
import { UNSEEN } from '../trials/guards.js';
import type { EndedTrial, TrialRecord } from '../trials/trial.js';
import { SAMPLE_EVERY_MS } from '../trials/trials.js';
import type { OptimizationReport, ProposalView, StrategyReport, StrategyStatus } from './report.js';
import { type TrialListener, TrialRunner, type TrialRunnerParts } from './trial-runner.js';

/** What hears of trials, and of what was kept. */
export interface OptimizationListener extends TrialListener {
  /** What a strategy had kept before the restart could not be had again: what stands now goes on. */
  notRestored(strategy: Optimization, error: unknown): void;
}

export interface OptimizationEngineParts extends TrialRunnerParts {
  readonly listener: OptimizationListener;
  /** Which strategies are on at first. */
  readonly enabled: Readonly<Record<Optimization, boolean>>;
  /** What was kept, by strategy: outlives a restart. */
  readonly states: { keep(name: string, state: object): void; kept(name: string): unknown };
  /** Why a strategy has not been registered, for people; null where nobody knows. */
  readonly whyMissing?: (type: Optimization) => string | null;
}

export interface OptimizeSystemOptions {
  /** Default: all. */
  readonly only?: readonly Optimization[];
  /** Only says what would be tried. */
  readonly dryRun?: boolean;
  /** Resolves when what is tried has its verdict, which takes minutes; default: as soon as it is applied. */
  readonly wait?: boolean;
}

const NOTHING = 'nothing that it knows would help now';
/** Of those that ended since the last report. */
const MAX_UNREPORTED = 100;

/**
 * Lets strategies look, propose and change, each change as a trial, and takes back what does not do. Whoever owns it calls `tick`
 * once a second and `optimizeSystem` every few minutes; what it needs of the world it is handed.
 */
export class OptimizationEngine {
  readonly #parts: OptimizationEngineParts;
  readonly #runner: TrialRunner;
  readonly #strategies = new Map<Optimization, OptimizationStrategy>();
  readonly #enabled: Map<Optimization, boolean>;
  /** Where something is being looked at or applied. */
  readonly #busy = new Set<Optimization>();
  /** Proposals that wait for the score before. */
  readonly #wanted = new Set<Optimization>();
  readonly #last = new Map<Optimization, EndedTrial>();
  /** By trial: who waits for its end. */
  readonly #waiting = new Map<string, ((trial: EndedTrial) => void)[]>();
  #unreported: EndedTrial[] = [];
  #sampledAt = Number.NEGATIVE_INFINITY;
  #isTicking = false;
  #isRunning = false;

  constructor(parts: OptimizationEngineParts) {
    const { listener, sampleEveryMs } = parts;
    this.#parts = parts;
    this.#enabled = new Map(OPTIMIZATIONS.map((type) => [type, parts.enabled[type]]));
    this.#runner = new TrialRunner({
      ledger: parts.ledger,
      guards: parts.guards,
      circumstances: parts.circumstances,
      states: parts.states,
      clock: parts.clock,
      ...(sampleEveryMs !== undefined && { sampleEveryMs }),
      listener: {
        begun: (trial) => listener.begun(trial),
        ended: (trial) => this.#ended(trial),
        undoFailed: (trial, error) => listener.undoFailed(trial, error),
        undone: (trial) => listener.undone(trial),
      },
    });
  }

  /** Adds a strategy, or another in the place of one of its type. */
  register(strategy: OptimizationStrategy): void {
    this.#strategies.set(strategy.type, strategy);
    if (this.#isRunning) void this.#restore(strategy);
  }

  /** Closes what an earlier run died in, and takes up what it had kept. Nothing is tried before. */
  async start(): Promise<void> {
    this.#runner.start();
    for (const strategy of this.#strategies.values()) await this.#restore(strategy);
    this.#runner.remember((type, way) => this.#goBack(type, way));
    this.#isRunning = true;
  }

  /** What is being tried ends without a verdict: the next run begins with what was before. */
  stop(): void {
    this.#isRunning = false;
    this.#runner.stop();
  }

  /**
   * Turns a strategy on.
   *
   * @returns what that means
   * @throws RangeError where there is no such strategy
   */
  enableOptimization(type: Optimization): StrategyStatus {
    this.#enabled.set(knownOptimization(type), true);
    return this.#statusOf(type);
  }

  /**
   * Turns a strategy off: what it moves stays where it stands, but for what it is just trying, which is taken back.
   *
   * @throws RangeError where there is no such strategy
   */
  disableOptimization(type: Optimization): StrategyStatus {
    this.#enabled.set(knownOptimization(type), false);
    this.#wanted.delete(type);
    this.#strategies.get(type)?.rest?.();
    for (const { id, strategy } of this.underWay) if (strategy === type) void this.#turnedOff(id);
    return this.#statusOf(type);
  }

  /** @throws RangeError where there is no such strategy */
  isEnabled(type: Optimization): boolean {
    return this.#enabled.get(knownOptimization(type)) === true;
  }

  /** How every strategy stands. */
  getStatus(): Readonly<Record<Optimization, StrategyStatus>> {
    const entries = OPTIMIZATIONS.map((type) => [type, this.#statusOf(type)] as const);
    return Object.fromEntries(entries) as Record<Optimization, StrategyStatus>;
  }

  /** What is being tried, oldest first. */
  get underWay(): readonly TrialRecord[] {
    return this.#runner.underWay;
  }

  /** What was to be rolled back, and stands still. */
  get stuck(): readonly EndedTrial[] {
    return this.#runner.stuck;
  }

  /** Ids of the trials that `takeBack` would take back. */
  get reversible(): readonly string[] {
    return this.#runner.reversible;
  }

  /** Why a trial cannot be taken back now; null where it can. */
  obstacleToTakingBack(id: string): string | null {
    return this.#runner.obstacleToTakingBack(id);
  }

  /**
   * Takes back a trial that is under way, or one that was kept, and does not try it again for a while.
   *
   * @param why for people: who wanted it
   * @returns the trial as it ended
   * @throws RangeError where it cannot be taken back now; what its undo throws, and its change stands then
   */
  async takeBack(id: string, why: string): Promise<EndedTrial> {
    const trial = await this.#runner.takeBack(id, why);
    if (trial === null) throw new RangeError(this.obstacleToTakingBack(id) ?? 'it has just ended');
    this.#last.set(trial.strategy, trial);
    // what is kept from now on is what stood before
    this.#saveState(trial.strategy);
    return trial;
  }

  /**
   * Asks every strategy that is on what would help most, and begins to try it.
   *
   * @returns what is tried, and what became of what was tried before
   * @throws RangeError where `only` names no strategy
   */
  async optimizeSystem({
    only,
    dryRun = false,
    wait = false,
  }: OptimizeSystemOptions = {}): Promise<OptimizationReport> {
    const at = this.#parts.clock.unixNow();
    const asked = (only ?? OPTIMIZATIONS).map(knownOptimization);
    const strategies: StrategyReport[] = [];
    for (const type of asked) strategies.push(await this.consider(type, dryRun));
    const reports = wait ? await Promise.all(strategies.map((report) => this.#settled(report))) : strategies;
    const ended = this.#unreported;
    if (!dryRun) this.#unreported = [];
    return { at, dryRun, strategies: reports, ended };
  }

  /** Asks one strategy, and begins to try what it proposes. Whoever sees an emergency need not wait for the next round. */
  async consider(type: Optimization, dryRun = false): Promise<StrategyReport> {
    const strategy = this.#strategies.get(type);
    if (!this.isEnabled(type)) return reportOf(type, 'off', `optimization.${type} turns it on`);
    if (!strategy) return reportOf(type, 'unavailable', this.#noteOn(type));
    if (!this.#isRunning) return reportOf(type, 'unavailable', 'the program does not run');
    if (this.#busy.has(type) || this.#runner.isTakingBack(type)) {
      return reportOf(type, 'waits', 'a change of it is being made or taken back');
    }
    this.#busy.add(type);
    try {
      await strategy.observe();
      const change = await strategy.propose();
      if (!dryRun) this.#wanted.delete(type);
      if (change === null) return reportOf(type, 'nothing', strategy.whyNothing?.() ?? NOTHING);
      return await this.#tryOf(strategy, change, dryRun);
    } catch (error) {
      return reportOf(type, 'failed', explain(error));
    } finally {
      this.#busy.delete(type);
    }
  }

  /** Knobs were moved, by whomever: see `TrialRunner.moved`. */
  moved(knobs: readonly KnobName[], why: string): void {
    this.#runner.moved(knobs, why);
  }

  /** Reads the scores, ends trials that are decided, tries again what could not be taken back. To be called once a second. */
  async tick(): Promise<void> {
    if (this.#isTicking || !this.#isRunning) return;
    this.#isTicking = true;
    try {
      // what takes its time holds up nothing else: an undo may have to load a model
      void this.#runner.retryUndos();
      const now = this.#parts.clock.now();
      if (now - this.#sampledAt < (this.#parts.sampleEveryMs ?? SAMPLE_EVERY_MS)) return;
      this.#sampledAt = now;
      for (const strategy of this.#strategies.values()) await this.#sample(strategy);
      for (const type of [...this.#wanted]) void this.consider(type);
    } finally {
      this.#isTicking = false;
    }
  }

  async #sample(strategy: OptimizationStrategy): Promise<void> {
    const { type } = strategy;
    if (!this.isEnabled(type) && !this.underWay.some((trial) => trial.strategy === type)) return;
    const score = await scoreOf(strategy);
    for (const { id, end } of this.#runner.observe(type, score)) void this.#runner.end(id, end);
  }

  async #tryOf(strategy: OptimizationStrategy, change: ProposedChange, dryRun: boolean): Promise<StrategyReport> {
    const { type } = strategy;
    const obstacle = this.#runner.obstacleTo(type, change);
    if (obstacle?.outcome === 'measuring' && !dryRun) this.#wanted.add(type);
    if (obstacle !== null) return reportOf(type, obstacle.outcome, obstacle.why, change);
    if (dryRun) return reportOf(type, 'would-try', change.reason, change);
    if (change.isEmergency) await this.#runner.makeWay(type, change);
    const trial = await this.#runner.try(strategy, change);
    if (trial.verdict !== null) return reportOf(type, 'failed', trial.why ?? '', change, trial);
    // it was turned off while it was applied
    if (!this.isEnabled(type)) void this.#turnedOff(trial.id);
    return reportOf(type, 'tried', change.reason, change, trial);
  }

  async #turnedOff(id: string): Promise<void> {
    await this.#runner.end(id, { verdict: 'expired', why: 'the strategy was turned off during it' });
  }

  #ended(trial: EndedTrial): void {
    this.#last.set(trial.strategy, trial);
    this.#unreported.push(trial);
    if (this.#unreported.length > MAX_UNREPORTED) this.#unreported.shift();
    if (trial.verdict === 'kept') this.#save(trial.strategy);
    this.#parts.listener.ended(trial);
    for (const resolve of this.#waiting.get(trial.id) ?? []) resolve(trial);
    this.#waiting.delete(trial.id);
  }

  #save(type: Optimization): void {
    const strategy = this.#strategies.get(type);
    strategy?.kept?.();
    this.#saveState(type);
  }

  #saveState(type: Optimization): void {
    const strategy = this.#strategies.get(type);
    const state = strategy?.save?.();
    if (state !== undefined) this.#parts.states.keep(strategy!.keptAs ?? type, state);
  }

  async #restore(strategy: OptimizationStrategy): Promise<void> {
    const saved = this.#parts.states.kept(strategy.keptAs ?? strategy.type);
    try {
      await strategy.begin?.(saved);
      if (saved !== null && this.isEnabled(strategy.type)) await strategy.restore?.(saved);
    } catch (error) {
      // what stands now goes on: it is no reason to end
      this.#parts.listener.notRestored(strategy.type, error);
    }
  }

  async #goBack(type: Optimization, way: object): Promise<void> {
    const strategy = this.#strategies.get(type);
    if (strategy?.goBack === undefined) throw new Error(`the ${type} strategy has nothing to work on now`);
    await strategy.goBack(way);
  }

  async #settled(report: StrategyReport): Promise<StrategyReport> {
    const { trial } = report;
    if (trial === null || !this.underWay.some(({ id }) => id === trial.id)) return report;
    const ended = await new Promise<EndedTrial>((resolve) => {
      this.#waiting.set(trial.id, [...(this.#waiting.get(trial.id) ?? []), resolve]);
    });
    return { ...report, trial: ended };
  }

  /** Why there is no strategy of the kind. */
  #noteOn(type: Optimization): string {
    return this.#parts.whyMissing?.(type) ?? `nothing that the ${type} strategy moves is in use here`;
  }

  #statusOf(type: Optimization): StrategyStatus {
    const isEnabled = this.isEnabled(type);
    const isAvailable = this.#strategies.has(type);
    return {
      isEnabled,
      isAvailable,
      note: isEnabled && !isAvailable ? this.#noteOn(type) : null,
      trial: this.underWay.find(({ strategy }) => strategy === type) ?? null,
      last: this.#last.get(type) ?? null,
    };
  }
}

/** One that has nothing to work on, and never starts. */
export function idleEngine(): OptimizationEngine {
  const nothing = () => undefined;
  return new OptimizationEngine({
    enabled: { cache: false, model: false, batching: false, scheduling: false, compression: false, database: false },
    ledger: { put: nothing, closeInterrupted: () => [], recent: () => [] },
    states: { keep: nothing, kept: () => null },
    guards: () => UNSEEN,
    circumstances: () => null,
    listener: { begun: nothing, ended: nothing, undoFailed: nothing, undone: nothing, notRestored: nothing },
    clock: systemClock,
  });
}

/** One that cannot look now has no score now. */
async function scoreOf(strategy: OptimizationStrategy): Promise<Score> {
  try {
    await strategy.observe();
    return strategy.score();
  } catch {
    return { value: null, parts: {} };
  }
}

/** @throws RangeError where it names no strategy */
function knownOptimization(type: Optimization): Optimization {
  if (OPTIMIZATIONS.includes(type)) return type;
  const meant = didYouMean(String(type), OPTIMIZATIONS);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  throw new RangeError(`optimization: expected one of ${OPTIMIZATIONS.join(', ')}, got ${String(type)}${hint}`);
}

function reportOf(
  strategy: Optimization,
  outcome: StrategyReport['outcome'],
  why: string,
  change: ProposedChange | null = null,
  trial: TrialRecord | null = null,
): StrategyReport {
  return { strategy, outcome, why, change: change && viewOf(change), trial };
}

function viewOf({ knobs, from, to, reason }: ProposedChange): ProposalView {
  return { knobs, from, to, reason };
}
