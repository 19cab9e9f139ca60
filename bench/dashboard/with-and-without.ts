import { quantile } from '../../src/foundation/statistics.js';
import { median, round } from '../harness/statistics.js';

/** What a round measured once without what is looked at, and once with it. */
interface Pair<One> {
  readonly without: One;
  readonly with: One;
}

/** What is measured of each frame of a clip. */
interface FrameTimes {
  /** ms, by frame. */
  readonly byFrame: ReadonlyMap<string, readonly number[]>;
}

/** Of each round with less without: a slow minute of the machine meets both. */
export const roundDifferences = <One>(rounds: readonly Pair<One>[], read: (one: One) => number): number[] =>
  rounds.map((one) => read(one.with) - read(one.without));

/** Of stretches of the same kind that follow one another: between the rounds, whose order is turned each time. */
export const neighbours = <One>(rounds: readonly Pair<One>[], read: (one: One) => number): number[] =>
  rounds.slice(1).map((next, index) => {
    // the rounds of even numbers end with, those of odd numbers end without
    const kind = index % 2 === 0 ? 'with' : 'without';
    return read(next[kind]) - read(rounds[index]![kind]);
  });

/** ms, of each frame that came both ways: its median over all rounds with less that without. */
export function frameDifferences(rounds: readonly Pair<FrameTimes>[]): number[] {
  const together = (kind: keyof Pair<FrameTimes>): Map<string, number[]> => {
    const all = new Map<string, number[]>();
    for (const one of rounds) {
      for (const [frame, times] of one[kind].byFrame) all.set(frame, [...(all.get(frame) ?? []), ...times]);
    }
    return all;
  };
  const [without, beside] = [together('without'), together('with')];
  return [...without].flatMap(([frame, times]) => {
    const other = beside.get(frame);
    return other === undefined ? [] : [median(other) - median(times)];
  });
}

/** The middle and the quartiles, as columns of a row. */
export function spread<Name extends string>(
  name: Name,
  values: readonly number[],
): Record<Name | `${Name}From` | `${Name}To`, number> {
  const at = (share: number): number => round(quantile(values, share) ?? Number.NaN);
  return { [name]: at(0.5), [`${name}From`]: at(0.25), [`${name}To`]: at(0.75) } as Record<
    Name | `${Name}From` | `${Name}To`,
    number
  >;
}
