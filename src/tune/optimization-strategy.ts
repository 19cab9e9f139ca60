import type { OPTIMIZATIONS } from '../config/optimizations.js';
import type { KnobName } from './knobs.js';

/** What can be optimized, each by a strategy of its own. */
export type Optimization = (typeof OPTIMIZATIONS)[number];

/** How good it is now; whoever compares two scores compares scores of one strategy only. */
export interface Score {
  /** Higher is better; null where nothing was measured that it could be made of. */
  readonly value: number | null;
  /**
   * What it would be now without the change that is being tried, where the strategy can tell, as a simulation beside it can: it was the
   * same time with the same load, so that a trial is judged by the difference. Given before the change too, as what is simulated of
   * what stands: how far that is off is known then.
   */
  readonly without?: number | null;
  /** What it is made of, by name, for people: `effective accuracy`, `p95 ms`, `°C`; null where there is no reading. */
  readonly parts: Readonly<Record<string, number | null>>;
}

/** A change that a strategy wants to try. */
export interface ProposedChange {
  /** The knobs that it moves; empty for a strategy that moves none (a cache's, a database's). */
  readonly knobs: readonly KnobName[];
  /** Where it goes from, and where to, for people and the ledger: `int8-fused-416x256` → `int8-fused-640x384`. */
  readonly from: string;
  readonly to: string;
  /** Why, with the numbers. */
  readonly reason: string;
  /**
   * How long it takes until its effect can be seen, ms, >= 0: the score is taken over that time and again as long; where so few readings
   * of it come in that time that nothing can be told, over as long as four of them take.
   */
  readonly windowMs: number;
  /** Difference of the score that nobody would care about; default a hundredth of the score before. */
  readonly leastEffect?: number;
  /** Fall of the F1 that the audits find which is its price, known beforehand; default none. */
  readonly priceF1?: number;
  /** Taken back unless the score rises by the least effect; default: unless it falls. */
  readonly mustPay?: boolean;
  /** Heat or overload does not wait: it is applied at once, and what is being tried of the same knobs ends. */
  readonly isEmergency?: boolean;
}

/** Takes a change back. Throws nothing that it could mend itself; an error means that the state is unknown. */
export type Undo = () => Promise<void>;

/** One thing that can be optimized: looks, proposes, changes, and says whether it was for the better. */
export interface OptimizationStrategy<C extends ProposedChange = ProposedChange> {
  readonly type: Optimization;
  /** The name that its state is kept under; strategies of one name share it. Default: its type. */
  readonly keptAs?: string;
  /** The engine starts, whether or not the strategy is on: takes away what an earlier run was trying when it ended. @param saved null: nothing was */
  begin?(saved: unknown): void | Promise<void>;
  /** Takes the readings of now. Called once before `propose` and `score`. */
  observe(): void | Promise<void>;
  /** The change that would help most; null where none would. Changes nothing. */
  propose(): C | null | Promise<C | null>;
  /** Why it proposes nothing, for people, with the numbers. Left out: nothing that it knows would help. */
  whyNothing?(): string;
  /** @throws where it could not be made, and everything is as it was */
  apply(change: C): Promise<Undo>;
  /** How a change could be taken back by a later run of the program, JSON; asked right before it is made. null, or left out: it could not. */
  wayBack?(change: C): object | null;
  /**
   * Takes back a change that an earlier run made and kept.
   *
   * @param way as `wayBack` said it
   * @throws where something else stands there now, or what stood before cannot be had any more; everything stays as it is then
   */
  goBack?(way: unknown): Promise<void>;
  /** Of the last observation. */
  score(): Score;
  /** A trial of its own was kept: what was tried is what stands from now on. */
  kept?(): void;
  /** It was turned off: what it has running to look at things may end, until the next `observe`. */
  rest?(): void;
  /** What is to stand after a restart, JSON; asked after a trial of its own was kept. Left out: a restart begins where the configuration says. */
  save?(): object;
  /** Takes up what an earlier run saved, whatever it is: what is of no use is left. */
  restore?(saved: unknown): void | Promise<void>;
}
