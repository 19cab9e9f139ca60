import type { Clock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { KnobName } from '../knobs.js';
import type { Optimization, OptimizationStrategy, ProposedChange, Score, Undo } from '../optimization-strategy.js';
import type { Circumstances } from '../trials/circumstances.js';
import type { GuardReadings } from '../trials/guards.js';
import type { TrialLedger } from '../trials/ledger.js';
import type { EndedTrial, TrialRecord } from '../trials/trial.js';
import { type TrialEnd, TuningTrials } from '../trials/trials.js';
import { KeptChanges, type KeptStates, shareKnobs } from './kept-changes.js';
import { PendingUndos } from './pending-undos.js';

/** What hears of trials. */
export interface TrialListener {
  begun(trial: TrialRecord): void;
  ended(trial: EndedTrial): void;
  /** What was to be rolled back stands still; it is tried again. */
  undoFailed(trial: EndedTrial, error: unknown): void;
  /** What could not be taken back is so now. */
  undone(trial: EndedTrial): void;
}

export interface TrialRunnerParts {
  readonly ledger: Pick<TrialLedger, 'put' | 'closeInterrupted' | 'recent'>;
  readonly guards: () => GuardReadings;
  /** null: nothing tells. */
  readonly circumstances: () => Circumstances | null;
  readonly listener: TrialListener;
  /** Where it is kept how to take back what was kept: outlives a restart. */
  readonly states: KeptStates;
  readonly clock: Clock;
  /** ms between two readings of the scores; default 5000. */
  readonly sampleEveryMs?: number;
}

/** Why a change is not tried now. */
export interface Obstacle {
  readonly outcome: 'waits' | 'refused' | 'measuring';
  readonly why: string;
}

/** Makes the changes that are tried, and takes back those that do not do: each is in the ledger before it is made. */
export class TrialRunner {
  readonly #parts: TrialRunnerParts;
  /** Of trials whose change stands. */
  readonly #undos = new Map<string, { readonly undo: Undo; readonly way: object | null }>();
  readonly #stuck = new PendingUndos();
  readonly #kept: KeptChanges;
  readonly #takingBack = new Set<Optimization>();
  /** Knobs that changes of ours are moving now. */
  readonly #moving = new Set<readonly KnobName[]>();
  #trials = new TuningTrials();

  constructor(parts: TrialRunnerParts) {
    this.#parts = parts;
    this.#kept = new KeptChanges(parts.states);
  }

  /** What earlier runs kept can be taken back from now on. @param goBack by its strategy and its way back */
  remember(goBack: (strategy: Optimization, way: object) => Promise<void>): void {
    this.#kept.load(goBack);
  }

  /** Closes what an earlier run died in, and remembers what must not be tried again. */
  start(): void {
    const { ledger, listener, clock, sampleEveryMs } = this.#parts;
    const closed = ledger.closeInterrupted(clock.unixNow());
    this.#trials = new TuningTrials(ledger.recent(clock.unixNow()), sampleEveryMs);
    for (const trial of closed) listener.ended(trial);
  }

  /** What is being tried ends without a verdict: the next run begins with what was before. */
  stop(): void {
    for (const { id } of this.underWay) {
      this.#close(id, { verdict: 'expired', why: 'the program was stopped during it' }, true);
    }
  }

  /** Oldest first. */
  get underWay(): readonly TrialRecord[] {
    return this.#trials.underWay;
  }

  /** What was to be rolled back, and stands still. */
  get stuck(): readonly EndedTrial[] {
    return this.#stuck.trials;
  }

  /** Whether something of the strategy is being taken back now. */
  isTakingBack(type: Optimization): boolean {
    return this.#takingBack.has(type);
  }

  /** Why a change cannot be tried now; null where it can. */
  obstacleTo(type: Optimization, change: ProposedChange): Obstacle | null {
    const { circumstances, clock } = this.#parts;
    const [inTheWay] = this.#trials.inTheWayOf(type, change);
    if (inTheWay && !this.#undos.has(inTheWay.id)) {
      return { outcome: 'waits', why: `${inTheWay.strategy} is just moving to ${inTheWay.to}` };
    }
    if (inTheWay && !change.isEmergency) {
      const since = new Date(inTheWay.startedAt).toISOString().slice(11, 19);
      return { outcome: 'waits', why: `${inTheWay.strategy} tries ${inTheWay.to} since ${since} UTC` };
    }
    const stuck = this.stuck.find((trial) => trial.strategy === type || shareKnobs(trial.knobs, change.knobs));
    if (stuck && !change.isEmergency) {
      return { outcome: 'waits', why: `${stuck.to} of ${stuck.strategy} could not be taken back yet` };
    }
    const refusal = this.#trials.refusal(type, change, circumstances(), clock.unixNow());
    if (refusal !== null) return { outcome: 'refused', why: refusal };
    const missingMs = this.#trials.msToMeasure(type, change, clock.now());
    if (missingMs === 0) return null;
    return { outcome: 'measuring', why: `the score before is measured for ${Math.ceil(missingMs / 1000)} s more` };
  }

  /** An emergency ends what is being tried of its knobs: where it moves all of them, it goes on from where they stand. */
  async makeWay(type: Optimization, change: ProposedChange): Promise<void> {
    const covers = (trial: TrialRecord) =>
      trial.strategy === type || trial.knobs.every((knob) => change.knobs.includes(knob));
    for (const trial of this.#trials.inTheWayOf(type, change)) {
      const end: TrialEnd = trial.isEmergency
        ? { verdict: 'kept', why: `a further step followed: ${change.reason}` }
        : { verdict: 'rolled-back', why: `an emergency ended it: ${change.reason}` };
      if (trial.isEmergency || covers(trial)) this.#passOver(trial, end);
      else await this.end(trial.id, end);
    }
    for (const trial of this.stuck) {
      if (!covers(trial)) continue;
      this.#stuck.drop(trial.id);
      this.#kept.passedOver(trial);
    }
  }

  /** Its change stands, and what follows goes on from there. */
  #passOver(trial: TrialRecord, end: TrialEnd): void {
    this.#kept.passedOver(trial);
    this.#close(trial.id, end, null);
  }

  /**
   * Begins a trial and makes its change.
   *
   * @returns the trial; one that has ended, where the change could not be made
   */
  async try(strategy: OptimizationStrategy, change: ProposedChange): Promise<TrialRecord> {
    const { ledger, listener, clock, circumstances } = this.#parts;
    const trial = this.#trials.begin({
      strategy: strategy.type,
      change,
      circumstances: circumstances(),
      now: clock.now(),
      unixNow: clock.unixNow(),
    });
    ledger.put(trial);
    listener.begun(trial);
    try {
      const way = strategy.wayBack?.(change) ?? null;
      const undo = await this.#moves(change.knobs, () => strategy.apply(change));
      this.#undos.set(trial.id, { undo, way });
      this.#trials.applied(trial.id, clock.now());
      return trial;
    } catch (error) {
      const end = { verdict: 'rolled-back', why: `it could not be applied: ${explain(error)}` } as const;
      return this.#close(trial.id, end, true) ?? trial;
    }
  }

  /** Reads a strategy's score in. @returns its trials that are to end, and how */
  observe(type: Optimization, score: Score): readonly { readonly id: string; readonly end: TrialEnd }[] {
    const { guards, circumstances, clock } = this.#parts;
    const cameras = circumstances()?.cameras ?? 0;
    return this.#trials.observe(type, { at: clock.now(), score, guards: guards(), cameras });
  }

  /** Ends a trial whose change stands, and takes back what is not to stay. @returns null for one that is being made, which cannot be ended yet */
  async end(id: string, end: TrialEnd): Promise<EndedTrial | null> {
    const made = this.#undos.get(id);
    const trial = this.underWay.find((other) => other.id === id);
    if (!made || !trial) return null;
    const { undo, way } = made;
    this.#undos.delete(id);
    const stays = end.verdict === 'kept' || (end.verdict === 'expired' && trial.isEmergency);
    if (stays) {
      const ended = this.#close(id, end, null);
      if (ended !== null) this.#kept.add({ trial: ended, undo, way });
      return ended;
    }
    this.#takingBack.add(trial.strategy);
    try {
      await this.#moves(trial.knobs, undo);
      return this.#close(id, end, true);
    } catch (error) {
      const ended = this.#close(id, end, false);
      if (ended === null) return null;
      this.#stuck.add(ended, undo, this.#parts.clock.now());
      this.#parts.listener.undoFailed(ended, error);
      return ended;
    } finally {
      this.#takingBack.delete(trial.strategy);
    }
  }

  /** Trials that `takeBack` would take back: those under way, and those that were kept and stand on top. */
  get reversible(): readonly string[] {
    const underWay = this.underWay.filter(({ id }) => this.#undos.has(id));
    return [...underWay.map(({ id }) => id), ...this.#kept.onTop];
  }

  /** Why a trial cannot be taken back now; null where it can. */
  obstacleToTakingBack(id: string): string | null {
    const running = this.underWay.find((trial) => trial.id === id);
    if (running !== undefined) {
      const isMade = this.#undos.has(id) && !this.#takingBack.has(running.strategy);
      return isMade ? null : `${running.to} is just being applied or taken back: wait until it is`;
    }
    const kept = this.#kept.get(id);
    if (kept === null) {
      return 'what stood before is not known any more: only the last changes that were kept, and that nobody has changed since, can be taken back; pin the knob at its earlier value instead';
    }
    const above = this.#kept.above(id);
    if (above !== null) return `${above.to} was kept after it: take that back first`;
    const { strategy, knobs } = kept.trial;
    const [inTheWay] = this.#trials.inTheWayOf(strategy, { knobs });
    if (inTheWay !== undefined)
      return `${inTheWay.strategy} is trying ${inTheWay.to}: take that back, or wait for its end`;
    return this.#takingBack.has(strategy) ? `something of ${strategy} is just being taken back` : null;
  }

  /**
   * Takes back a trial, under way or kept, because somebody wants it: it is not tried again for a while.
   *
   * @param why for people
   * @returns the trial as it ended; null where there is an obstacle
   * @throws what the undo of a kept change throws, and its change stands
   */
  async takeBack(id: string, why: string): Promise<EndedTrial | null> {
    if (this.obstacleToTakingBack(id) !== null) return null;
    const { ledger, listener, clock } = this.#parts;
    const kept = this.#kept.get(id);
    if (kept === null) return this.end(id, { verdict: 'rolled-back', why });
    const { strategy, knobs } = kept.trial;
    this.#takingBack.add(strategy);
    try {
      await this.#moves(knobs, kept.undo);
    } finally {
      this.#takingBack.delete(strategy);
    }
    this.#kept.delete(id);
    const trial = this.#trials.takenBack(kept.trial, why, clock.now(), clock.unixNow());
    ledger.put(trial);
    listener.undone(trial);
    return trial;
  }

  /**
   * Knobs were moved: what is being tried of them cannot be judged any more, and is not taken back, as somebody else's will stands there
   * now. What is just being made or taken back moves them itself.
   */
  moved(knobs: readonly KnobName[], why: string): void {
    if ([...this.#moving].some((own) => shareKnobs(own, knobs))) return;
    this.#kept.moved(knobs);
    for (const trial of this.underWay) {
      if (this.#undos.has(trial.id) && shareKnobs(trial.knobs, knobs))
        this.#close(trial.id, { verdict: 'expired', why }, null);
    }
  }

  /** Tries again what could not be taken back, where its time has come. */
  async retryUndos(): Promise<void> {
    const { ledger, listener, clock } = this.#parts;
    const retry = (trial: EndedTrial, undo: Undo) => this.#moves(trial.knobs, undo);
    for (const trial of await this.#stuck.retry(clock.now(), retry)) {
      const undone = { ...trial, undone: true };
      ledger.put(undone);
      this.#trials.disturbed(trial.strategy, clock.now());
      listener.undone(undone);
    }
  }

  /** Makes or takes back a change: whoever tells meanwhile that its knobs were moved tells of that. */
  async #moves<T>(knobs: readonly KnobName[], move: () => Promise<T>): Promise<T> {
    const own = [...knobs];
    this.#moving.add(own);
    try {
      return await move();
    } finally {
      this.#moving.delete(own);
    }
  }

  /** Writes the end of a trial down, and tells it. */
  #close(id: string, end: TrialEnd, undone: boolean | null): EndedTrial | null {
    const { ledger, listener, clock } = this.#parts;
    const trial = this.#trials.end(id, end, undone, clock.now(), clock.unixNow());
    if (trial === null) return null;
    this.#undos.delete(id);
    ledger.put(trial);
    listener.ended(trial);
    return trial;
  }
}
