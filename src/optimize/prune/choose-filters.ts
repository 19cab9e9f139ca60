import type { Ranking } from './importance.js';
import type { Costs } from './measure-costs.js';

/** Multiplications of a model once channels are gone, of which only differences matter. */
export interface Work {
  /** Multiplications saved by removing `count` channels of a group, those before already gone. */
  saving(removed: ReadonlyMap<Ranking, number>, ranking: Ranking, count: number): number;
}

export interface ChooseOptions {
  /** Share of all filters that may go. */
  readonly ratio: number;
  /** What is left of a group is a multiple of this, where it was more. */
  readonly step: number;
}

/** How many of the first filters of a group may go at once: what is left is a multiple of `step`, and no less than `least`. */
export function possibleCounts(size: number, step: number, leastShare: number): number[] {
  const least = Math.max(step, Math.ceil(size * leastShare));
  const counts: number[] = [];
  for (let count = size % step || step; size - count >= least; count += step) counts.push(count);
  return counts;
}

/**
 * Chooses which filters go: always those that cost least per multiplication saved, so many at a time that a multiple of
 * `step` is left, until the share is reached. A head's errors add up, and count by their square: many that are hardly
 * wrong do less harm than one that is useless.
 *
 * @returns how many of the first of each ranking go
 */
export function chooseFilters(costs: readonly Costs[], work: Work, options: ChooseOptions): Map<Ranking, number> {
  const removed = new Map(costs.map(({ ranking }) => [ranking, 0]));
  const all = costs.reduce((sum, { ranking }) => sum + ranking.order.length, 0);
  const errors = new Float64Array(costs[0]?.byHead.length ?? 0);
  let wanted = Math.round(all * options.ratio);
  while (wanted > 0) {
    let best: { of: Costs; count: number; price: number } | null = null;
    for (const of of costs) {
      const { ranking, byHead } = of;
      const gone = removed.get(ranking)!;
      const count = (ranking.order.length - gone) % options.step || options.step;
      const line = byHead[0];
      if (!line || gone + count > line.length || count > wanted + options.step / 2) continue;
      let cost = 0;
      for (const [head, error] of errors.entries()) {
        cost += (error + rise(byHead[head]!, gone, count)) ** 2 - error ** 2;
      }
      const price = cost / work.saving(removed, ranking, count);
      if (best === null || price < best.price) best = { of, count, price };
    }
    if (best === null) return removed;
    const { of, count } = best;
    const gone = removed.get(of.ranking)!;
    for (let head = 0; head < errors.length; head++) errors[head]! += rise(of.byHead[head]!, gone, count);
    removed.set(of.ranking, gone + count);
    wanted -= count;
  }
  return removed;
}

function rise(line: Float64Array, gone: number, count: number): number {
  return line[gone + count - 1]! - (line[gone - 1] ?? 0);
}
