import type { KnobName } from '../knobs.js';
import type { Optimization, Undo } from '../optimization-strategy.js';
import type { EndedTrial } from '../trials/trial.js';

/** A change that was kept, with the way back from it. */
export interface KeptChange {
  readonly trial: EndedTrial;
  readonly undo: Undo;
}

/** Of the last ones that were kept: a way back holds on to what it needs. */
const MOST_KEPT = 50;

/**
 * What was kept in this run and can be taken back still. Of changes that move the same thing the latest one first: what stood before an
 * earlier one does not stand beneath it.
 */
export class KeptChanges {
  /** By trial, the latest last. */
  readonly #kept = new Map<string, KeptChange>();

  /** Ids of those whose change stands on top. */
  get onTop(): readonly string[] {
    return [...this.#kept.keys()].filter((id) => this.above(id) === null);
  }

  add(trial: EndedTrial, undo: Undo): void {
    this.#kept.set(trial.id, { trial, undo });
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }

  get(id: string): KeptChange | null {
    return this.#kept.get(id) ?? null;
  }

  delete(id: string): void {
    this.#kept.delete(id);
  }

  /** What was kept after it, of the same knobs or strategy; null where nothing was. */
  above(id: string): EndedTrial | null {
    const kept = [...this.#kept.values()];
    const at = kept.findIndex(({ trial }) => trial.id === id);
    const own = kept[at]?.trial;
    if (own === undefined) return null;
    return kept.slice(at + 1).find(({ trial }) => isOfTheSame(trial, own))?.trial ?? null;
  }

  /** Somebody else has moved these knobs: what stood before is not to come back. */
  moved(knobs: readonly KnobName[]): void {
    for (const [id, { trial }] of [...this.#kept]) if (shareKnobs(trial.knobs, knobs)) this.#kept.delete(id);
  }
}

interface Concern {
  readonly strategy: Optimization;
  readonly knobs: readonly KnobName[];
}

const isOfTheSame = (one: Concern, other: Concern): boolean =>
  one.strategy === other.strategy || shareKnobs(one.knobs, other.knobs);

/** Whether two changes move a knob that is the same. */
export const shareKnobs = (some: readonly KnobName[], others: readonly KnobName[]): boolean =>
  some.some((knob) => others.includes(knob));
