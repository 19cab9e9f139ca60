import { z } from '../../foundation/validate.js';
import type { KnobName } from '../knobs.js';
import type { Optimization, Undo } from '../optimization-strategy.js';
import { type EndedTrial, parseTrials } from '../trials/trial.js';

/** A change that was kept, with the way back from it. */
export interface KeptChange {
  readonly trial: EndedTrial;
  readonly undo: Undo;
  /** How a later run takes it back, JSON; null: it cannot. */
  readonly way: object | null;
}

/** What outlives a restart. */
export interface KeptStates {
  keep(name: string, state: object): void;
  kept(name: string): unknown;
}

/** The name under which they are kept. */
const WAYS_BACK = 'ways-back';
const savedWays = z.object({ kept: z.array(z.object({ trial: z.unknown(), way: z.looseObject({}) })) });

/** Of the last ones that were kept: a way back holds on to what it needs. */
const MOST_KEPT = 50;

/**
 * What was kept, in this run or an earlier one, and can be taken back still. Of changes that move the same thing the latest one
 * first: what stood before an earlier one does not stand beneath it.
 */
export class KeptChanges {
  /** By trial, the latest last. */
  readonly #kept = new Map<string, KeptChange>();
  readonly #states: KeptStates;

  constructor(states: KeptStates) {
    this.#states = states;
  }

  /** Those of earlier runs. @param goBack takes one back by its way */
  load(goBack: (strategy: Optimization, way: object) => Promise<void>): void {
    for (const { trial: record, way } of savedWays.safeParse(this.#states.kept(WAYS_BACK)).data?.kept ?? []) {
      const [trial] = parseTrials([record]);
      if (trial === undefined || trial.verdict !== 'kept' || trial.endedAt === null || this.#kept.has(trial.id))
        continue;
      this.#kept.set(trial.id, { trial: trial as EndedTrial, way, undo: () => goBack(trial.strategy, way) });
    }
  }

  /** Ids of those whose change stands on top. */
  get onTop(): readonly string[] {
    return [...this.#kept.keys()].filter((id) => this.above(id) === null);
  }

  add(change: KeptChange): void {
    this.#kept.set(change.trial.id, change);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#save();
  }

  get(id: string): KeptChange | null {
    return this.#kept.get(id) ?? null;
  }

  delete(id: string): void {
    if (this.#kept.delete(id)) this.#save();
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
    this.#forget((trial) => shareKnobs(trial.knobs, knobs));
  }

  /** A change of the same stands that has no way back: none leads to what stood before those beneath it either. */
  passedOver(change: Concern): void {
    this.#forget((trial) => isOfTheSame(trial, change));
  }

  #forget(isGone: (trial: EndedTrial) => boolean): void {
    const gone = [...this.#kept].filter(([, { trial }]) => isGone(trial));
    for (const [id] of gone) this.#kept.delete(id);
    if (gone.length > 0) this.#save();
  }

  #save(): void {
    const kept = [...this.#kept.values()].flatMap(({ trial, way }) => (way === null ? [] : [{ trial, way }]));
    this.#states.keep(WAYS_BACK, { kept });
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
