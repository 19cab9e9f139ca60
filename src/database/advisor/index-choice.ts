import { sum } from '../../foundation/statistics.js';
import type { IndexCandidate } from './candidates.js';

/** A candidate that was built to be tried. */
export interface TrialIndex {
  /** As plans call it. */
  readonly name: string;
  readonly candidate: IndexCandidate;
}

/** Indexes that are chosen together. */
export type IndexSet = readonly TrialIndex[];

/** What the choice wants to know next: ms that each statement costs with these indexes and no others of ours. */
export interface CostQuestion {
  readonly set: IndexSet;
  /** Indexes whose tables alone can have changed anything since `known`. */
  readonly added?: IndexSet;
  readonly known?: readonly number[];
}

/** The choice as it goes on: each question is answered before it does. Whoever answers may take the time that it takes. */
export type Choosing<Result> = Generator<CostQuestion, Result, readonly number[]>;

/** How often a choice is gone over. */
const REGROWN = 4;
/** A smaller index is taken for a larger one that is less than this share of the workload's time better; times as often as it is smaller, ... */
const HARDLY_WORSE = 0.003;
/** ... but not more than so many times. */
const MANY_TIMES = 10;
/** An index is smaller than another at this share of its bytes. */
const SMALLER = 0.9;

/** Of the time of the statements that it helps, what an index saves that makes them much faster; ... */
const MUCH_FASTER = 0.5;
/** ... and of what is usually the least. */
const LEAST_OF_ALL = 0.1;

/** Which of the candidates are worth having together. */
export class IndexChoice {
  readonly #indexes: IndexSet;
  readonly #bytes: (index: TrialIndex) => number;
  readonly #leastShare: number;
  readonly #isOver: () => boolean;

  /**
   * @param indexes all candidates
   * @param leastShare an index that saves less of what is left of the workload's time is not chosen, unless it makes a statement much faster
   * @param isOver whether the time to choose is over: what was found by then is the choice; default never
   */
  constructor(
    indexes: IndexSet,
    bytes: (index: TrialIndex) => number,
    leastShare: number,
    isOver: () => boolean = () => false,
  ) {
    this.#indexes = indexes;
    this.#bytes = bytes;
    this.#leastShare = leastShare;
    this.#isOver = isOver;
  }

  /** @param moves sets that are added together */
  *best(moves: readonly IndexSet[]): Choosing<TrialIndex[]> {
    const needed = yield* this.#withoutNeedless(yield* this.#chosen(moves));
    return yield* this.#withoutNeedless(yield* this.#leanest(needed));
  }

  /**
   * Whether it is worth an index that each statement takes so long in place of so long before. One that is asked often hides behind what no
   * index helps: an index that makes it twice as fast or more is worth having for a tenth of the usual gain.
   */
  #isWorth(before: readonly number[], after: readonly number[]): boolean {
    const all = sum(before);
    const gain = all - sum(after);
    if (gain >= all * this.#leastShare) return true;
    const helped = sum(before.filter((ms, index) => after[index]! < ms));
    return gain >= helped * MUCH_FASTER && gain >= all * this.#leastShare * LEAST_OF_ALL;
  }

  /** One move after the other, each time the one that saves most; then each of the chosen is left out once, to see where that leads to. */
  *#chosen(moves: readonly IndexSet[]): Choosing<TrialIndex[]> {
    let chosen = yield* this.#grown(moves, []);
    for (let round = 0; round < REGROWN && !this.#isOver(); round += 1) {
      const better = yield* this.#betterWithoutOne(moves, chosen);
      if (better === null) break;
      chosen = better;
    }
    return chosen;
  }

  /** The planner keeps to a fair index where a better one would need it gone: what the first choice hides is found by leaving it out. */
  *#betterWithoutOne(moves: readonly IndexSet[], chosen: IndexSet): Choosing<TrialIndex[] | null> {
    let best = (yield* total(chosen)) * (1 - this.#leastShare);
    let better: TrialIndex[] | null = null;
    for (const out of chosen) {
      const rest = chosen.filter((entry) => entry !== out);
      const grown = yield* this.#grown(
        moves.filter((move) => !move.includes(out)),
        rest,
      );
      const cost = yield* total(grown);
      if (cost < best) {
        best = cost;
        better = grown;
      }
    }
    return better;
  }

  *#grown(moves: readonly IndexSet[], start: IndexSet): Choosing<TrialIndex[]> {
    const chosen = new Set(start);
    let known = yield { set: start };
    for (;;) {
      const cost = sum(known);
      let best: { readonly move: IndexSet; readonly gain: number; readonly after: readonly number[] } | null = null;
      for (const move of moves) {
        if (this.#isOver()) break;
        if (move.every((entry) => chosen.has(entry))) continue;
        const after = yield { set: [...chosen, ...move], added: move, known };
        const gain = cost - sum(after);
        if (gain > (best?.gain ?? 0)) best = { move, gain, after };
      }
      if (best === null || !this.#isWorth(known, best.after)) return [...chosen];
      for (const entry of best.move) chosen.add(entry);
      known = yield { set: [...chosen] };
    }
  }

  /** A later one may do an earlier one's work too: without those goes whose absence costs hardly anything, the least useful first. */
  *#withoutNeedless(chosen: IndexSet): Choosing<TrialIndex[]> {
    const kept = [...chosen];
    for (;;) {
      const all = yield { set: kept };
      let least: { readonly entry: TrialIndex; readonly gain: number } | null = null;
      for (const entry of kept) {
        const without = yield { set: kept.filter((other) => other !== entry) };
        const gain = sum(without) - sum(all);
        if (!this.#isWorth(without, all) && gain < (least?.gain ?? Number.POSITIVE_INFINITY)) least = { entry, gain };
      }
      if (least === null) return kept;
      kept.splice(kept.indexOf(least.entry), 1);
    }
  }

  /** A narrower index that does nearly as well is taken for a wide one. */
  *#leanest(chosen: IndexSet): Choosing<TrialIndex[]> {
    let kept = [...chosen];
    for (const wide of chosen.filter(({ candidate }) => candidate.columns.length > 1)) {
      if (this.#isOver()) break;
      const others = kept.filter((other) => other !== wide);
      const all = yield* total(kept);
      const instead = yield* this.#narrower(wide, kept, others, all);
      if (instead !== null) kept = [...others, instead];
    }
    return kept;
  }

  *#narrower(wide: TrialIndex, kept: IndexSet, others: IndexSet, all: number): Choosing<TrialIndex | null> {
    const bytes = this.#bytes(wide);
    const narrower = this.#indexes
      .filter(
        (entry) =>
          entry.candidate.table === wide.candidate.table &&
          !kept.includes(entry) &&
          this.#bytes(entry) < bytes * SMALLER,
      )
      .sort((a, b) => this.#bytes(a) - this.#bytes(b));
    for (const entry of narrower) {
      const worse = HARDLY_WORSE * Math.min(MANY_TIMES, bytes / this.#bytes(entry));
      if ((yield* total([...others, entry])) <= all * (1 + worse)) return entry;
    }
    return null;
  }
}

/** Of the whole workload. */
function* total(set: IndexSet): Choosing<number> {
  return sum(yield { set });
}

/** Goes through a choice whose questions are answered at once. */
export function chosenWith<Result>(
  choosing: Choosing<Result>,
  costs: (question: CostQuestion) => readonly number[],
): Result {
  let step = choosing.next();
  while (!step.done) step = choosing.next(costs(step.value));
  return step.value;
}

/** Goes through a choice whose questions a server answers. */
export async function chosenBy<Result>(
  choosing: Choosing<Result>,
  costs: (question: CostQuestion) => Promise<readonly number[]>,
): Promise<Result> {
  let step = choosing.next();
  while (!step.done) step = choosing.next(await costs(step.value));
  return step.value;
}
