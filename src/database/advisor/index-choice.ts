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

/** Which of the candidates are worth having together. */
export class IndexChoice {
  readonly #indexes: IndexSet;
  readonly #bytes: (index: TrialIndex) => number;
  readonly #leastShare: number;

  /**
   * @param indexes all candidates
   * @param leastShare an index that saves less of what is left of the workload's time is not chosen
   */
  constructor(indexes: IndexSet, bytes: (index: TrialIndex) => number, leastShare: number) {
    this.#indexes = indexes;
    this.#bytes = bytes;
    this.#leastShare = leastShare;
  }

  /** @param moves sets that are added together */
  *best(moves: readonly IndexSet[]): Choosing<TrialIndex[]> {
    const needed = yield* this.#withoutNeedless(yield* this.#chosen(moves));
    return yield* this.#withoutNeedless(yield* this.#leanest(needed));
  }

  /** One move after the other, each time the one that saves most; then each of the chosen is left out once, to see where that leads to. */
  *#chosen(moves: readonly IndexSet[]): Choosing<TrialIndex[]> {
    let chosen = yield* this.#grown(moves, []);
    for (let round = 0; round < REGROWN; round += 1) {
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
      let best: { readonly move: IndexSet; readonly gain: number } = { move: [], gain: 0 };
      for (const move of moves) {
        if (move.every((entry) => chosen.has(entry))) continue;
        const gain = cost - sum(yield { set: [...chosen, ...move], added: move, known });
        if (gain > best.gain) best = { move, gain };
      }
      if (best.move.length === 0 || best.gain < cost * this.#leastShare) return [...chosen];
      for (const entry of best.move) chosen.add(entry);
      known = yield { set: [...chosen] };
    }
  }

  /** A later one may do an earlier one's work too: without those goes whose absence costs hardly anything, the least useful first. */
  *#withoutNeedless(chosen: IndexSet): Choosing<TrialIndex[]> {
    const kept = [...chosen];
    for (;;) {
      const all = yield* total(kept);
      const costs: number[] = [];
      for (const entry of kept) costs.push((yield* total(kept.filter((other) => other !== entry))) - all);
      const least = Math.min(...costs);
      if (least >= all * this.#leastShare || kept.length === 0) return kept;
      kept.splice(costs.indexOf(least), 1);
    }
  }

  /** A narrower index that does nearly as well is taken for a wide one. */
  *#leanest(chosen: IndexSet): Choosing<TrialIndex[]> {
    let kept = [...chosen];
    for (const wide of chosen.filter(({ candidate }) => candidate.columns.length > 1)) {
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
