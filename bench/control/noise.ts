import type { Random } from '../../src/simulator/random.js';

/** Normally distributed, by Box and Muller. */
export function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
