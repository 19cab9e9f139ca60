import { sum } from '../../foundation/statistics.js';
import { candidateKey, type IndexCandidate } from './candidates.js';

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

/** ms that each statement costs more with one set of indexes than with another; 0 where the two cannot be told apart. */
export interface DifferenceQuestion {
  readonly set: IndexSet;
  readonly versus: IndexSet;
}

/** The choice as it goes on: each question is answered before it does. Whoever answers may take the time that it takes. */
export type Choosing<Result> = Generator<CostQuestion | DifferenceQuestion, Result, readonly number[]>;

/** Who knows what a workload costs under sets of indexes. */
export interface CostSource<Answer> {
  costs(question: CostQuestion): Answer;
  differences(question: DifferenceQuestion): Answer;
}

/** How often a choice is gone over. */
const REGROWN = 4;
/** A smaller index is taken for a larger one that is less than this share of the workload's time better; times as often as it is smaller, ... */
const HARDLY_WORSE = 0.003;
/** ... but not more than so many times. */
const MANY_TIMES = 10;
/** An index is smaller than another at this share of its bytes. */
const SMALLER = 0.9;

/** Moves that bring so much of what the best seems to bring are looked at closely before one of them is taken. */
const NEARLY_BEST = 0.95;
/** Gains that a closer look did not find, after which none is looked for among the rest. */
const MOST_REFUTED = 4;

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
    const cost = yield* total(chosen);
    const enough = cost * (1 - this.#leastShare);
    let best = enough;
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
    if (better === null) return null;
    return cost + sum(yield* this.#differences(better, chosen)) < enough ? better : null;
  }

  *#grown(moves: readonly IndexSet[], start: IndexSet): Choosing<TrialIndex[]> {
    const chosen = new Set(start);
    const refuted = new Set<IndexSet>();
    let known = yield { set: start };
    for (;;) {
      const gains: Gain[] = [];
      for (const move of moves) {
        if (this.#isOver()) break;
        if (refuted.has(move) || move.every((entry) => chosen.has(entry))) continue;
        const after = yield { set: [...chosen, ...move], added: move, known };
        const gain = sum(known) - sum(after);
        if (gain > 0) gains.push({ move, gain, after });
      }
      const best = yield* this.#bestOf(gains, [...chosen]);
      if (best === null || refuted.size > MOST_REFUTED || !this.#isWorth(known, best.after)) return [...chosen];
      const differences = yield* this.#differences([...chosen, ...best.move], [...chosen]);
      known = yield { set: [...chosen] };
      if (!this.#isWorth(known, added(known, differences))) {
        refuted.add(best.move);
        continue;
      }
      refuted.clear();
      for (const entry of best.move) chosen.add(entry);
      known = yield { set: [...chosen] };
    }
  }

  /** Of those that bring about most the smallest, and a larger one only where it is that much better; what brings the same goes by name. */
  *#bestOf(gains: readonly Gain[], chosen: IndexSet): Choosing<Gain | null> {
    const most = Math.max(...gains.map(({ gain }) => gain));
    const nearly = gains.filter(({ gain }) => gain >= most * NEARLY_BEST);
    const bytes = ({ move }: Gain): number => sum(move.map(this.#bytes));
    nearly.sort((a, b) => bytes(a) - bytes(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
    let best = nearly[0] ?? null;
    for (const larger of nearly.slice(1)) {
      const worse = yield* this.#differences([...chosen, ...best!.move], [...chosen, ...larger.move]);
      if (sum(worse) > sum(larger.after) * hardlyWorse(bytes(larger), bytes(best!))) best = larger;
    }
    return best;
  }

  /** A later one may do an earlier one's work too: without those goes whose absence costs hardly anything, the least useful first. */
  *#withoutNeedless(chosen: IndexSet): Choosing<TrialIndex[]> {
    const kept = [...chosen];
    for (;;) {
      let least: { readonly entry: TrialIndex; readonly gain: number } | null = null;
      for (const entry of kept) {
        const others = kept.filter((other) => other !== entry);
        const differences = yield* this.#differences(kept, others);
        const without = yield { set: others };
        const gain = -sum(differences);
        const isNeedless = !this.#isWorth(without, added(without, differences));
        if (isNeedless && gain < (least?.gain ?? Number.POSITIVE_INFINITY)) least = { entry, gain };
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
      const instead = yield* this.#narrower(wide, kept, others);
      if (instead !== null) kept = [...others, instead];
    }
    return kept;
  }

  *#narrower(wide: TrialIndex, kept: IndexSet, others: IndexSet): Choosing<TrialIndex | null> {
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
      const worse = yield* this.#differences([...others, entry], kept);
      if (sum(worse) <= (yield* total(kept)) * hardlyWorse(bytes, this.#bytes(entry))) return entry;
    }
    return null;
  }

  /** Once the time is over there is none for a closer look. */
  *#differences(set: IndexSet, versus: IndexSet): Choosing<readonly number[]> {
    if (!this.#isOver()) return yield { set, versus };
    const less = yield { set: versus };
    const more = yield { set };
    return more.map((ms, at) => ms - less[at]!);
  }
}

interface Gain {
  readonly move: IndexSet;
  /** ms */
  readonly gain: number;
  /** ms of each statement. */
  readonly after: readonly number[];
}

const nameOf = ({ move }: Gain): string => move.map(({ candidate }) => candidateKey(candidate)).join();

/** By what share of the workload's time an index may be worse than a larger one that it is taken for. */
const hardlyWorse = (largerBytes: number, bytes: number): number =>
  HARDLY_WORSE * Math.min(MANY_TIMES, largerBytes / bytes);

const added = (costs: readonly number[], differences: readonly number[]): number[] =>
  costs.map((ms, at) => ms + differences[at]!);

/** Of the whole workload. */
function* total(set: IndexSet): Choosing<number> {
  return sum(yield { set });
}

/** Goes through a choice whose questions are answered at once. */
export function chosenWith<Result>(choosing: Choosing<Result>, source: CostSource<readonly number[]>): Result {
  let step = choosing.next();
  while (!step.done) step = choosing.next(answer(step.value, source));
  return step.value;
}

/** Goes through a choice whose questions a server answers. */
export async function chosenBy<Result>(
  choosing: Choosing<Result>,
  source: CostSource<Promise<readonly number[]>>,
): Promise<Result> {
  let step = choosing.next();
  while (!step.done) step = choosing.next(await answer(step.value, source));
  return step.value;
}

const answer = <Answer>(question: CostQuestion | DifferenceQuestion, source: CostSource<Answer>): Answer =>
  'versus' in question ? source.differences(question) : source.costs(question);
