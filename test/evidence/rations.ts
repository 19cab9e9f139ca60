import { DayRation, type DayRationOptions } from '../../src/evidence/push/day-ration.js';

/** What a day's bytes leave; without a bound unless something else is said. */
export function someRation(options: Partial<DayRationOptions> = {}): DayRation {
  return new DayRation({
    dailyBytes: 0,
    perByte: 1,
    bounds: { leastBytes: 24_000, mostBytes: 2 ** 20 },
    overdrawn: () => 0,
    now: () => 0,
    ...options,
  });
}
