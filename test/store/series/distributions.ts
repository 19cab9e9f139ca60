import { seeded } from '../../seeded.js';

/** By name: draws one number, given a generator of numbers from 0 to 1. */
export type Distributions = Readonly<Record<string, (random: () => number) => number>>;

const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What metrics look like: steady, heavy-tailed, of few values, with two humps, with rare bursts, on both sides of 0. */
export const DISTRIBUTIONS: Distributions = {
  uniform: (random) => 10 + 90 * random(),
  normal: (random) => 50 + 5 * normal(random),
  'log-normal latency': (random) => 20 * Math.exp(0.5 * normal(random)),
  'heavy tail': (random) => 5 / (1 - random()) ** 0.7,
  'small counts': (random) => Math.floor(6 * random() ** 2),
  'two humps': (random) => (random() < 0.8 ? 10 : 200) * (1 + 0.05 * normal(random)),
  'rare bursts': (random) => (random() < 0.02 ? 1000 + 200 * random() : 1 + random()),
  'about zero': (random) => 3 * normal(random),
  constant: () => 42.5,
};

/** So many numbers of each, the same ones in each run. */
export function numbersOf(distributions: Distributions, count: number): [name: string, numbers: number[]][] {
  return Object.entries(distributions).map(([name, draw]) => {
    const random = seeded(7);
    return [name, Array.from({ length: count }, () => draw(random))];
  });
}

/** The number at the rank of a share `q` (0..1). */
export function nearestRank(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}
