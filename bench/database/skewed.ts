import type { Random } from '../../src/simulator/random.js';

/** A whole number of 0 to `below` - 1: few come often, most seldom, as with cameras, plates and entities. */
export const skewed = (random: Random, below: number): number => Math.floor(below * random.next() ** 2);
