import { sum } from '../../foundation/statistics.js';
import { type PairOfTimes, timesAsLong } from './told-apart.js';
import type { TrialCosts, TrialStatement, TrialWay } from './trial-costs.js';
import type { Runnable, Workbench } from './workbench.js';

/** What is so many times as fast needs no second look. */
const CLEAR = 10;
/** So many times as long takes what may be due to its plan. */
const LONGER = 1.1;
/** Processor's milliseconds between two looks at the clock. */
const LOOK_MS = 0.3;

type Show = (shown: ReadonlySet<string>) => void;
/** One after the other; the side with more work does not always come second. */
const SIDES = [
  [0, 1],
  [1, 0],
] as const;

/** An example of a statement that is run in two ways. */
interface Rivals {
  readonly statement: TrialStatement;
  readonly example: Runnable;
  readonly ways: readonly [TrialWay, TrialWay];
  /** ms of each way, as they are known. */
  readonly ms: readonly [number, number];
  readonly pairs: PairOfTimes[];
}

/** Which of two sets of indexes serves statements better, told by runs in turn: whatever else the machine does slows both. */
export class PairedTimes {
  readonly #bench: Workbench;
  readonly #costs: TrialCosts;
  /** By both ways: how many times as long the first takes. */
  readonly #known = new Map<string, number>();

  constructor(bench: Workbench, costs: TrialCosts) {
    this.#bench = bench;
    this.#costs = costs;
  }

  /**
   * @param show makes a set of indexes, and no others of ours, the planner's
   * @returns ms that each statement, as often as it is run, takes longer with the first set than with the second; 0 where they cannot be told apart
   */
  differences(
    statements: readonly TrialStatement[],
    first: ReadonlySet<string>,
    second: ReadonlySet<string>,
    show: Show,
  ): number[] {
    const rivals = this.#rivals(statements, [first, second], show);
    this.#tellApart(
      rivals.filter((one) => !this.#isSettled(one)),
      [first, second],
      show,
    );
    return statements.map((statement) => {
      const own = rivals.filter((one) => one.statement === statement);
      return (sum(own.map((one) => this.#differenceOf(one))) / statement.examples.length) * statement.count;
    });
  }

  #rivals(
    statements: readonly TrialStatement[],
    sets: readonly [ReadonlySet<string>, ReadonlySet<string>],
    show: Show,
  ): Rivals[] {
    const sides = sets.map((set) => {
      show(set);
      return statements.flatMap((statement) =>
        statement.examples.map((example) => ({
          statement,
          example,
          way: this.#costs.way(statement, example, set),
          ms: this.#costs.ofExample(statement, example, set),
        })),
      );
    });
    const [firsts, seconds] = sides as [(typeof sides)[number], (typeof sides)[number]];
    return firsts.flatMap(({ statement, example, way, ms }, at) => {
      const other = seconds[at]!;
      return isSame(way, other.way)
        ? []
        : [{ statement, example, ways: [way, other.way] as const, ms: [ms, other.ms] as const, pairs: [] }];
    });
  }

  #isSettled(rivals: Rivals): boolean {
    const [first, second] = rivals.ms;
    return Math.max(first, second) > CLEAR * Math.min(first, second) || this.#known.has(keyOf(rivals.ways));
  }

  #differenceOf(rivals: Rivals): number {
    const times = this.#known.get(keyOf(rivals.ways));
    const [first, second] = rivals.ms;
    return times === undefined || (times === 1 && sortsForLonger(rivals)) ? first - second : second * (times - 1);
  }

  #tellApart(open: readonly Rivals[], sets: readonly [ReadonlySet<string>, ReadonlySet<string>], show: Show): void {
    let left = [...open];
    for (let round = 0; left.length > 0; round += 1) {
      const taken = left.map((): [number, number] => [0, 0]);
      for (const side of SIDES[round % 2]!) {
        show(sets[side]);
        for (const [at, one] of left.entries()) taken[at]![side] = this.#timed(one, side);
      }
      left = left.filter((one, at) => {
        one.pairs.push(taken[at]!);
        const times = timesAsLong(one.pairs);
        if (times !== null) this.#know(one, times);
        return times === null;
      });
    }
  }

  #know({ ways: [first, second] }: Rivals, times: number): void {
    this.#known.set(keyOf([first, second]), times);
    this.#known.set(keyOf([second, first]), 1 / times);
  }

  #timed({ statement, example, ways, ms }: Rivals, side: 0 | 1): number {
    return this.#costs.scaled(this.#bench.timeOnce(example, ms[side], LOOK_MS), statement, ways[side].plan);
  }
}

/**
 * Whether the way that took longer when it was timed alone sorts what the other has in order: then that is why, and a machine that is so busy
 * that runs in turn cannot tell is no reason to doubt it.
 */
function sortsForLonger({ ways, ms: [first, second] }: Rivals): boolean {
  const [sorts, others] = ways.map(({ plan }) => plan.filter((step) => step.startsWith('USE TEMP B-TREE')).length);
  return first > second * LONGER ? sorts! > others! : second > first * LONGER && others! > sorts!;
}

const isSame = (one: TrialWay, other: TrialWay): boolean =>
  one.key === other.key && one.kept.size === other.kept.size && [...one.kept].every((name) => other.kept.has(name));

const keyOf = (ways: Rivals['ways']): string => ways.map(({ key, kept }) => [key, ...kept].join('\n')).join('\n\n');
