import { ConfigError } from '../../src/foundation/errors.js';
import { detectorKind } from '../../src/tune/control/kinds.js';
import { nameOfPoint } from '../../src/tune/operating-point.js';
import { orSimilar } from './json-file.js';
import type { Conditions, Scenario } from './scenario.js';
import { servingAt } from './serving.js';
import type { TraceEventDescription } from './trace-file.js';

type World = Pick<Scenario, 'plant' | 'trace' | 'staleLoss' | 'budgets'>;

type PointEvent = Extract<TraceEventDescription, { readonly point: unknown }>;
type PointRank = Extract<PointEvent['point'], string>;

/**
 * Indices of the points that an event is about. What has become slow, leaky or blind is a variant, whatever its workers, threads and
 * batches; what cannot be loaded may be a matter of those.
 *
 * @param calm what happens without any event: by it points are the best or second best
 * @throws ConfigError where the board has no such point
 */
export function chosenPoints(
  { kind, point: choice }: PointEvent,
  scenario: World,
  calm: readonly Conditions[],
): number[] {
  const { points } = scenario.plant;
  const indices = points.map((_, i) => i);
  if (typeof choice === 'string') {
    const chosen = pointOfRank(choice, scenario, calm);
    if (kind === 'point-fails') return [chosen];
    return indices.filter((i) => detectorKind(points[i]!) === detectorKind(points[chosen]!));
  }
  const found = indices.filter((i) =>
    Object.entries(choice).every(([key, value]) => points[i]![key as 'model'] === value),
  );
  if (found.length > 0) return found;
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

function pointOfRank(rank: PointRank, scenario: World, calm: readonly Conditions[]): number {
  const { points } = scenario.plant;
  const indices = points.map((_, i) => i);
  if (rank === 'most-accurate') return indices.reduce((a, b) => (points[b]!.accuracy > points[a]!.accuracy ? b : a));
  if (rank === 'smallest') return indices.reduce((a, b) => (points[b]!.serviceMs < points[a]!.serviceMs ? b : a));
  const worth = indices.map((i) => meanAccuracy(i, scenario, calm));
  const ranked = indices.toSorted((a, b) => worth[b]! - worth[a]!);
  return ranked[rank === 'best' ? 0 : Math.min(1, ranked.length - 1)]!;
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
