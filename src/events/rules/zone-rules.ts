import { type Box, iou } from '../../frame/box.js';
import { isOfClass, LEAST_CLASS_SHARE, shareOfClass } from './class-of-vehicle.js';
import type { RoadView } from './road-view.js';
import type { RuleTerms } from './rule-terms.js';
import type { RuleVerdict } from './verdict.js';
import type { RuleMemory, WatchedVehicle } from './watched-vehicle.js';

/** Share of a standing vehicle that must be in the zone. */
const LEAST_IN_ZONE = 0.7;
/** Who stands where it overlaps so little with where it stood when it was told has driven on, and stopped again. */
const SAME_STOP = 0.3;
/** Whose lower edge is by so many sizes below that of who was told is another vehicle, nearer to the camera: nothing that passes does that. */
const NEARER_SIZES = 0.16;
/** Who was out of the zone for so long has left it, ms. */
const OUT_AFTER_MS = 1000;

/** Judges whether a vehicle has been standing in a zone for too long. */
export function judgeStanding(
  rule: RuleTerms & { readonly offence: 'no-stopping' },
  memory: RuleMemory,
  vehicle: WatchedVehicle,
  view: RoadView,
): RuleVerdict {
  const { standing } = vehicle;
  const place = standing.usualBox;
  const shareOf = (box: Box) => view.shareIn(rule.zone.polygon, vehicle, box);
  const isElsewhere = memory.toldBox !== null && iou(memory.toldBox, 0, place, 0) < SAME_STOP;
  if (isElsewhere || shareOf(place) < LEAST_IN_ZONE) memory.isTold = false;
  if (!standing.isThere) return null;
  const [box, since] = memory.isTold ? [vehicle.box, nearerSince(memory, vehicle, view.now)] : [place, standing.since];
  const [inZone, stoodMs] = [shareOf(box), view.now - since];
  if (inZone < LEAST_IN_ZONE || stoodMs <= rule.longerThanMs) return null;
  // hours of validity that began while it stood count from then on
  const now = view.unix(view.now);
  if (!rule.holds(now) || !rule.holds(now - rule.longerThanMs) || !isOfClass(rule, vehicle)) return null;
  Object.assign(memory, { toldBox: box, otherSince: null });
  const finding = { offence: rule.offence, zone: rule.zone.id, stoodMs, inZone };
  return { finding, certainty: inZone * vehicle.confidence, from: since };
}

/** Since when another vehicle has been standing before the one that was told, under its number; now: none is. */
function nearerSince(memory: RuleMemory, { box, isCut }: WatchedVehicle, now: number): number {
  const told = memory.toldBox!;
  const size = Math.sqrt((told[2] - told[0]) * (told[3] - told[1]));
  const isOther = !isCut && box[3] - told[3] > NEARER_SIZES * size;
  memory.otherSince = isOther ? (memory.otherSince ?? now) : null;
  return memory.otherSince ?? now;
}

/** Judges whether a vehicle has been driving in a lane of others for too long. */
export function judgeStay(
  rule: RuleTerms & { readonly offence: 'class-lane' },
  memory: RuleMemory,
  vehicle: WatchedVehicle,
  view: RoadView,
): RuleVerdict {
  const isIn = view.isIn(rule.zone.polygon, vehicle, vehicle.box);
  if (isIn) {
    memory.since ??= view.now;
    memory.seenIn = view.now;
    memory.within++;
  } else if (memory.since !== null && view.now - memory.seenIn > OUT_AFTER_MS) {
    Object.assign(memory, { since: null, isTold: false, sightings: 0, within: 0 });
  }
  if (memory.since === null) return null;
  memory.sightings++;
  const stayedMs = view.now - memory.since;
  if (memory.isTold || !isIn || stayedMs <= rule.longerThanMs) return null;
  const classShare = shareOfClass(rule, vehicle);
  const within = memory.within / memory.sightings;
  if (classShare === null || classShare < LEAST_CLASS_SHARE || within < LEAST_CLASS_SHARE) return null;
  if (!rule.holds(view.unix(view.now))) return null;
  const finding = { offence: rule.offence, zone: rule.zone.id, stayedMs, classShare };
  return { finding, certainty: classShare * within * vehicle.confidence, from: memory.since };
}
