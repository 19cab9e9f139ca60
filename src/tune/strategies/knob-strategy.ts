import type { KnobName } from '../knobs.js';
import type { OptimizationStrategy, Score, Undo } from '../optimization-strategy.js';
import { KEPT_KNOBS } from './kept-knobs.js';
import { KNOBS_OF, type KnobChange, type KnobOptimization } from './knob-change.js';

/** What the strategies that move knobs share: who decides where the knobs should stand, and moves them. */
export interface KnobMover {
  changeFor(type: KnobOptimization): KnobChange | null;
  /** Why there is no change of this kind, for people. */
  whyNothing(type: KnobOptimization): string;
  move(change: KnobChange): Promise<Undo>;
  wayBack(change: KnobChange): object | null;
  /** @returns the knobs that it moved @throws where that is not possible any more */
  goBack(way: unknown): Promise<readonly KnobName[]>;
  score(): Score;
  /** @param names knobs that stand as they are to stay */
  saved(names: readonly KnobName[]): object;
  restore(saved: unknown): Promise<void>;
}

/** One face of the controller: the changes of it that are of this kind. */
export class KnobStrategy implements OptimizationStrategy<KnobChange> {
  readonly type: KnobOptimization;
  /** All of them share it: what one keeps may move knobs of another. */
  readonly keptAs = KEPT_KNOBS;
  readonly #mover: KnobMover;
  /** By the last change, or by what took one back. */
  #moved: readonly KnobName[] = [];

  constructor(type: KnobOptimization, mover: KnobMover) {
    this.type = type;
    this.#mover = mover;
  }

  observe(): void {
    // the mover is told each observation as it is made
  }

  propose(): KnobChange | null {
    return this.#mover.changeFor(this.type);
  }

  whyNothing(): string {
    return this.#mover.whyNothing(this.type);
  }

  async apply(change: KnobChange): Promise<Undo> {
    this.#moved = change.knobs;
    const undo = await this.#mover.move(change);
    return async () => {
      await undo();
      this.#moved = change.knobs;
    };
  }

  wayBack(change: KnobChange): object | null {
    return this.#mover.wayBack(change);
  }

  async goBack(way: unknown): Promise<void> {
    this.#moved = await this.#mover.goBack(way);
  }

  score(): Score {
    return this.#mover.score();
  }

  save(): object {
    return this.#mover.saved([...KNOBS_OF[this.type], ...this.#moved]);
  }

  restore(saved: unknown): Promise<void> {
    return this.#mover.restore(saved);
  }
}
