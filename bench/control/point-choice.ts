import { ConfigError } from '../../src/foundation/errors.js';
import { nameOfPoint } from '../../src/tune/operating-point.js';
import { orSimilar } from './json-file.js';
import type { Conditions, Scenario } from './scenario.js';
import { servingAt } from './serving.js';
import type { PointChoiceDescription } from './trace-file.js';

type World = Pick<Scenario, 'plant' | 'trace' | 'staleLoss' | 'budgets'>;

/**
 * Index of the point that an event is about.
 *
 * @param calm what happens without any event: by it points are the best or second best
 * @throws ConfigError where the board has no such point
 */
export function chosenPoint(choice: PointChoiceDescription, scenario: World, calm: readonly Conditions[]): number {
  const { points } = scenario.plant;
  const indices = points.map((_, i) => i);
  if (choice === 'most-accurate') return indices.reduce((a, b) => (points[b]!.accuracy > points[a]!.accuracy ? b : a));
  if (choice === 'smallest') return indices.reduce((a, b) => (points[b]!.serviceMs < points[a]!.serviceMs ? b : a));
  if (typeof choice === 'string') {
    const worth = indices.map((i) => meanAccuracy(i, scenario, calm));
    const ranked = indices.toSorted((a, b) => worth[b]! - worth[a]!);
    return ranked[choice === 'best' ? 0 : Math.min(1, ranked.length - 1)]!;
  }
  const found = indices.find((i) =>
    Object.entries(choice).every(([key, value]) => points[i]![key as 'model'] === value),
  );
  if (found !== undefined) return found;
  const similar =
    choice.variant === undefined
      ? ''
      : orSimilar(
          choice.variant,
          points.map(({ variant }) => variant),
        );
  throw new ConfigError(`trace ${scenario.trace.name} on ${scenario.plant.name}`, [
    `no point is ${JSON.stringify(choice)}${similar}; there are ${points.map(nameOfPoint).join('; ')}`,
  ]);
}

/** Effective accuracy of a point over the trace on a board that stays cool. */
function meanAccuracy(point: number, scenario: World, calm: readonly Conditions[]): number {
  const step = Math.max(1, Math.floor(calm.length / 200));
  let sum = 0;
  for (let k = 0; k < calm.length; k += step) {
    const conditions = calm[k]!;
    sum += servingAt(scenario, conditions, { point, intervalMs: 0, windowMs: 0, clock: conditions.modeClock }).accuracy;
  }
  return sum;
}
