import { type Box, iou } from '../../frame/box.js';
import { ClassShares } from './class-shares.js';
import { StandingVehicle } from './standing-vehicle.js';
import { type PathStep, VehiclePath } from './vehicle-path.js';

/** A crossing of which it is not settled yet whether it is an offence. */
export interface PendingCrossing {
  /** ms on the scene's clock when it was told. */
  readonly toldAt: number;
}

/** What one rule knows of one vehicle. */
export interface RuleMemory {
  /** Whether an infraction was told, so that no second one is before it is armed again. */
  isTold: boolean;
  /** When one was told, ms. */
  toldAt: number;
  pending: PendingCrossing | null;
  /** Sightings in the zone: when the stay began and was seen last, ms, how many there were, and of these in the zone. */
  since: number | null;
  seenIn: number;
  sightings: number;
  within: number;
}

/** A vehicle before a camera that has rules. */
export class WatchedVehicle {
  readonly trackId: number;
  readonly path = new VehiclePath();
  readonly votes = new ClassShares();
  readonly standing: StandingVehicle;
  readonly memories: readonly RuleMemory[];
  box: Box;
  /** ms on the scene's clock, and the number of that answer. */
  seenAt: number;
  frame = 0;
  /** When it was seen first, and whether it goes on for an earlier one. */
  readonly firstAt: number;
  hasPast = false;
  /** Times as tall as a car in its place, summed over so many sightings. */
  tallness = 0;
  measured = 0;
  /** Expected accuracy of the answers that it was seen in, on average, 0..1. */
  confidence = 1;

  constructor(trackId: number, box: Box, now: number, rules: number) {
    this.trackId = trackId;
    this.box = box;
    this.seenAt = now;
    this.firstAt = now;
    this.standing = new StandingVehicle(box, now);
    this.memories = Array.from({ length: rules }, () => ({
      isTold: false,
      toldAt: Number.NEGATIVE_INFINITY,
      pending: null,
      since: null,
      seenIn: 0,
      sightings: 0,
      within: 0,
    }));
  }

  see(box: Box, step: PathStep, confidence: number): void {
    this.box = box;
    this.seenAt = step.at;
    this.confidence += 0.2 * (confidence - this.confidence);
    this.standing.update(box, step.at);
    this.path.add(step);
  }

  /** Goes on for one that is this vehicle under an earlier number: nothing is told twice of it. */
  continueFrom(earlier: WatchedVehicle): void {
    this.hasPast = true;
    this.tallness += earlier.tallness;
    this.measured += earlier.measured;
    this.path.continueFrom(earlier.path);
    this.votes.continueFrom(earlier.votes);
    this.standing.continueFrom(earlier.standing);
    for (const [i, memory] of this.memories.entries()) Object.assign(memory, earlier.memories[i]);
  }
}

/** Of one that stands, and of one that drives, so long after it was lost another number may be it, ms. */
const STANDING_LOST_MS = 20_000;
const DRIVING_LOST_MS = 2000;
const SAME_PLACE = 0.5;
/** A new one is asked for so long whether it is one that was there still when it came: a number is lost after the next is given, ms. */
export const YOUNG_MS = 2000;
/** How near to where it was going, in sizes, and how alike in size, as a logarithm. */
const REACH = 0.8;
const ALIKE = 0.5;

/** The vehicle among those lost that a new one is; null: it is none of them. @param first where the new one was seen first */
export function earlierSelf(lost: Iterable<WatchedVehicle>, box: Box, first: PathStep): WatchedVehicle | null {
  let best: WatchedVehicle | null = null;
  let least = Infinity;
  for (const vehicle of lost) {
    const lostMs = first.at - vehicle.seenAt;
    if (lostMs <= STANDING_LOST_MS && iou(vehicle.standing.box, 0, box, 0) >= SAME_PLACE) {
      if (lostMs < least) [best, least] = [vehicle, lostMs];
      continue;
    }
    const expected = lostMs <= DRIVING_LOST_MS ? vehicle.path.ahead(first.at) : null;
    const last = vehicle.path.last;
    if (expected === null || last === null || Math.abs(Math.log(first.size / last.size)) > ALIKE) continue;
    const off =
      Math.min(
        Math.hypot(first.x - expected.x, first.y - expected.y),
        // one that turns is not where it was going
        Math.hypot(first.x - last.x, first.y - last.y),
      ) / first.size;
    if (off < REACH && off * 1000 < least) [best, least] = [vehicle, off * 1000];
  }
  return best;
}
