import { inside } from '../../frame/polygon.js';
import { isOfClass } from './class-of-vehicle.js';
import type { RoadView } from './road-view.js';
import type { RuleTerms } from './rule-terms.js';
import { findTurn } from './u-turn.js';
import type { RuleVerdict } from './verdict.js';
import type { RuleMemory, WatchedVehicle } from './watched-vehicle.js';

/** Judges whether a vehicle turned round where it may not, since it was told last. */
export function judgeTurn(
  rule: RuleTerms & { readonly offence: 'u-turn' },
  memory: RuleMemory,
  vehicle: WatchedVehicle,
  view: RoadView,
): RuleVerdict {
  const turn = findTurn(vehicle.path.steps, rule.turnDeg);
  if (turn === null || memory.toldAt >= turn.from) return null;
  const steps = vehicle.path.steps.filter(({ at }) => at >= turn.from && at <= turn.until);
  if (steps.some((step) => view.isAtEdge(step))) return null;
  const { x, y } = turn.middle;
  if (rule.zone !== null && !inside(rule.zone.polygon, x, y / view.height)) return null;
  if (!rule.holds(view.unix(turn.from)) || !isOfClass(rule, vehicle)) return null;
  const finding = { offence: rule.offence, zone: rule.zone?.id ?? null, turnedDeg: turn.turnedDeg };
  return { finding, certainty: turn.evenness * vehicle.confidence, from: turn.from };
}
