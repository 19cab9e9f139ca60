import { Random } from '../../src/simulator/random.js';
import type { Trace } from './traces.js';

/** Traces that anybody can make again: what each strategy is good at, and one that changes its mind. */
export function madeUpTraces(lookups: number): readonly Trace[] {
  return [
    { name: 'popular-with-scans', keys: [...popular(lookups, 1, 0.25)] },
    { name: 'popular', keys: [...popular(lookups, 2, 0)] },
    { name: 'loop', keys: Array.from({ length: lookups }, (_, i) => i % 1000) },
    { name: 'drifting', keys: [...drifting(lookups, 3)] },
    {
      name: 'scans-then-drifting',
      keys: [...popular(lookups / 2, 4, 0.25), ...[...drifting(lookups / 2, 5)].map((key) => key + 10 ** 7)],
    },
  ];
}

/** 5000 keys, the more popular the lower; in bursts of a hundred, a share of the lookups is of keys asked for once. */
function* popular(lookups: number, seed: number, scans: number): Generator<number> {
  const random = new Random(seed);
  let scanned = 10 ** 6;
  for (let i = 0; i < lookups; i++) {
    yield i % 400 < scans * 400 ? scanned++ : Math.floor(5000 * random.next() ** 3);
  }
}

/** What was asked for lately is asked for again; nothing stays popular. */
function* drifting(lookups: number, seed: number): Generator<number> {
  const random = new Random(seed);
  for (let i = 0; i < lookups; i++) yield Math.max(0, Math.floor(i / 4 - 600 * random.next() ** 2));
}
