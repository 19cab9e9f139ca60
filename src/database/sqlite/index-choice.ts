import { sum } from '../../foundation/statistics.js';
import type { IndexSet, IndexTrials, TrialIndex } from './index-trials.js';

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
  readonly #trials: IndexTrials;
  readonly #leastShare: number;

  /** @param leastShare an index that saves less of what is left of the workload's time is not chosen */
  constructor(trials: IndexTrials, leastShare: number) {
    this.#trials = trials;
    this.#leastShare = leastShare;
  }

  /** @param moves sets that are added together */
  best(moves: readonly IndexSet[]): TrialIndex[] {
    const needed = this.#withoutNeedless(this.#chosen(moves));
    return this.#withoutNeedless(this.#leanest(needed));
  }

  /** One move after the other, each time the one that saves most; then each of the chosen is left out once, to see where that leads to. */
  #chosen(moves: readonly IndexSet[]): TrialIndex[] {
    let chosen = this.#grown(moves, []);
    for (let round = 0; round < REGROWN; round += 1) {
      const better = this.#betterWithoutOne(moves, chosen);
      if (better === null) break;
      chosen = better;
    }
    return chosen;
  }

  /** The planner keeps to a fair index where a better one would need it gone: what the first choice hides is found by leaving it out. */
  #betterWithoutOne(moves: readonly IndexSet[], chosen: IndexSet): TrialIndex[] | null {
    let best = this.#trials.total(chosen) * (1 - this.#leastShare);
    let better: TrialIndex[] | null = null;
    for (const out of chosen) {
      const rest = chosen.filter((entry) => entry !== out);
      const grown = this.#grown(
        moves.filter((move) => !move.includes(out)),
        rest,
      );
      const total = this.#trials.total(grown);
      if (total < best) {
        best = total;
        better = grown;
      }
    }
    return better;
  }

  #grown(moves: readonly IndexSet[], start: IndexSet): TrialIndex[] {
    const chosen = new Set(start);
    let cost = this.#trials.costs(start);
    for (;;) {
      const left = moves.filter((move) => move.some((entry) => !chosen.has(entry)));
      const gains = left.map((move) => ({
        move,
        gain: sum(cost) - sum(this.#trials.costs([...chosen, ...move], move, cost)),
      }));
      const best = gains.reduce((a, b) => (b.gain > a.gain ? b : a), { move: [] as IndexSet, gain: 0 });
      if (best.move.length === 0 || best.gain < sum(cost) * this.#leastShare) return [...chosen];
      for (const entry of best.move) chosen.add(entry);
      cost = this.#trials.costs([...chosen]);
    }
  }

  /** A later one may do an earlier one's work too: without those goes whose absence costs hardly anything, the least useful first. */
  #withoutNeedless(chosen: IndexSet): TrialIndex[] {
    const kept = [...chosen];
    for (;;) {
      const total = this.#trials.total(kept);
      const costs = kept.map((entry) => this.#trials.total(kept.filter((other) => other !== entry)) - total);
      const least = Math.min(...costs);
      if (least >= total * this.#leastShare || kept.length === 0) return kept;
      kept.splice(costs.indexOf(least), 1);
    }
  }

  /** A narrower index that does nearly as well is taken for a wide one. */
  #leanest(chosen: IndexSet): TrialIndex[] {
    let kept = [...chosen];
    for (const wide of chosen.filter(({ candidate }) => candidate.columns.length > 1)) {
      const others = kept.filter((other) => other !== wide);
      const total = this.#trials.total(kept);
      const bytes = this.#trials.bytes(wide);
      const narrower = this.#trials.indexes
        .filter(
          (entry) =>
            entry.candidate.table === wide.candidate.table &&
            !kept.includes(entry) &&
            this.#trials.bytes(entry) < bytes * SMALLER,
        )
        .sort((a, b) => this.#trials.bytes(a) - this.#trials.bytes(b));
      const instead = narrower.find((entry) => {
        const worse = HARDLY_WORSE * Math.min(MANY_TIMES, bytes / this.#trials.bytes(entry));
        return this.#trials.total([...others, entry]) <= total * (1 + worse);
      });
      if (instead !== undefined) kept = [...others, instead];
    }
    return kept;
  }
}
