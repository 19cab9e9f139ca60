import type { OptimizationStrategy, Score, Undo } from '../optimization-strategy.js';
import type { KnobChange, KnobOptimization } from './knob-change.js';

/** What the strategies that move knobs share: who decides where the knobs should stand, and moves them. */
export interface KnobMover {
  changeFor(type: KnobOptimization): KnobChange | null;
  /** Why there is no change of this kind, for people. */
  whyNothing(type: KnobOptimization): string;
  move(change: KnobChange): Promise<Undo>;
  score(): Score;
  saved(): object;
  restore(saved: unknown): Promise<void>;
}

/** One face of the controller: the changes of it that are of this kind. */
export class KnobStrategy implements OptimizationStrategy<KnobChange> {
  readonly type: KnobOptimization;
  readonly #mover: KnobMover;

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

  apply(change: KnobChange): Promise<Undo> {
    return this.#mover.move(change);
  }

  score(): Score {
    return this.#mover.score();
  }

  save(): object {
    return this.#mover.saved();
  }

  restore(saved: unknown): Promise<void> {
    return this.#mover.restore(saved);
  }
}
