import type { KnobName } from '../../../src/tune/knobs.js';
import type {
  Optimization,
  OptimizationStrategy,
  ProposedChange,
  Score,
  Undo,
} from '../../../src/tune/optimization-strategy.js';

/** A strategy over one number: it wants what it is told to want, and its score is what it is told to be. */
export class Dial implements OptimizationStrategy {
  at = 1;
  wants: number | null = null;
  more: Partial<ProposedChange> = {};
  value: number | null = 1;
  isJammed = false;
  isUndoJammed = false;
  observed = 0;
  /** Resolves when what is applied is to stand; null: at once. */
  gate: Promise<void> | null = null;

  constructor(
    readonly type: Optimization = 'batching',
    readonly knobs: readonly KnobName[] = ['batchSize'],
  ) {}

  observe(): void {
    this.observed++;
  }

  propose(): ProposedChange | null {
    if (this.wants === null || this.wants === this.at) return null;
    return {
      knobs: this.knobs,
      from: String(this.at),
      to: String(this.wants),
      reason: `${this.wants} is wanted`,
      windowMs: 20_000,
      ...this.more,
    };
  }

  async apply({ to }: ProposedChange): Promise<Undo> {
    if (this.gate !== null) await this.gate;
    if (this.isJammed) throw new Error('the dial is jammed');
    const before = this.at;
    this.at = Number(to);
    return async () => {
      if (this.isUndoJammed) throw new Error('the dial is stuck');
      this.at = before;
    };
  }

  wayBack({ to }: ProposedChange): object {
    return { before: this.at, after: Number(to) };
  }

  async goBack(way: unknown): Promise<void> {
    const { before, after } = way as { before: number; after: number };
    if (this.at !== after) throw new Error(`the dial is at ${this.at} by now`);
    this.at = before;
  }

  score(): Score {
    return { value: this.value, parts: { score: this.value } };
  }

  save(): object {
    return { at: this.at };
  }

  restore(saved: unknown): void {
    const { at } = saved as { at?: unknown };
    if (typeof at === 'number') this.at = at;
  }
}
