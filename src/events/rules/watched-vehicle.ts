import { type Box, iou } from '../../frame/box.js';
import { ClassShares } from './class-shares.js';
import { StandingVehicle } from './standing-vehicle.js';
import { Tallness } from './tallness.js';
import { type PathStep, VehiclePath } from './vehicle-path.js';

/** A crossing of which it is not settled yet whether it is an offence. */
export interface PendingCrossing {
  /** ms on the scene's clock when it was told. */
  readonly toldAt: number;
}

/** Of a vehicle that stands so much is seen at least where something hides a part of it. */
const HIDDEN_OVERLAP = 0.3;

/** What one rule knows of one vehicle. */
export interface RuleMemory {
  /** Whether an infraction was told, so that no second one is before it is armed again. */
  isTold: boolean;
  /** When one was told, ms. */
  toldAt: number;
  /** no-stopping: where it stood then, and since when its box has not been that one any more, ms. */
  toldBox: Box | null;
  otherSince: number | null;
  pending: PendingCrossing | null;
  /** Sightings in the zone: when the stay began and was seen last, ms, how many there were, and of these in the zone. */
  since: number | null;
  seenIn: number;
  sightings: number;
  within: number;
}

function newMemory(): RuleMemory {
  return {
    isTold: false,
    toldAt: Number.NEGATIVE_INFINITY,
    toldBox: null,
    otherSince: null,
    pending: null,
    since: null,
    seenIn: 0,
    sightings: 0,
    within: 0,
  };
}

/** A vehicle in an answer. */
export interface Sighting {
  readonly box: Box;
  readonly step: PathStep;
  /** Whether the edge of the picture cuts its box off. */
  readonly isCut: boolean;
  /** Expected accuracy of the answer, 0..1. */
  readonly confidence: number;
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
  /** Numbers of the vehicles that it overlapped when it was seen first. */
  bornOver: readonly number[] = [];
  readonly tallness = new Tallness();
  /** Strip of the picture in which it was a yardstick for others last. */
  measuredIn: number | null = null;
  /** Whether the edge of the picture cut its box off when it was seen last: it comes, or it leaves. */
  isCut: boolean;
  /** Expected accuracy of the answers that it was seen in, on average, 0..1. */
  confidence = 1;

  constructor(trackId: number, { box, step, isCut }: Sighting, rules: number) {
    const now = step.at;
    this.trackId = trackId;
    this.box = box;
    this.seenAt = now;
    this.firstAt = now;
    this.standing = new StandingVehicle(box, now);
    this.isCut = isCut;
    this.path.add(step);
    this.memories = Array.from({ length: rules }, newMemory);
  }

  see({ box, step, isCut, confidence }: Sighting): void {
    this.box = box;
    this.isCut = isCut;
    this.seenAt = step.at;
    this.confidence += 0.2 * (confidence - this.confidence);
    this.standing.update(box, step.at);
    this.path.add(step);
  }

  /** Whether it stood when it was seen last, though something may have hidden a part of it. */
  get isStanding(): boolean {
    const { hasSettled, isThere, box } = this.standing;
    return hasSettled && (isThere || iou(box, 0, this.box, 0) >= HIDDEN_OVERLAP);
  }

  /** Goes on for one that is this vehicle under an earlier number: nothing is told twice of it. */
  continueFrom(earlier: WatchedVehicle): void {
    this.hasPast = true;
    this.tallness.continueFrom(earlier.tallness);
    this.path.continueFrom(earlier.path);
    this.votes.continueFrom(earlier.votes);
    const standsThere = this.standing.continueFrom(earlier.standing);
    for (const [i, memory] of this.memories.entries()) {
      Object.assign(memory, earlier.memories[i]);
      // what was told of who stood there is told of this one only if it does
      if (!standsThere && memory.toldBox !== null) Object.assign(memory, newMemory());
    }
  }

  /**
   * Is the one that stood where a number was that has gone along with another vehicle, or is lost: what was told is its own.
   *
   * @param standing as it stood there
   * @param other the number, if it is known
   */
  takePlace(standing: StandingVehicle, told: readonly (Box | null)[], other: WatchedVehicle | null): void {
    this.hasPast = true;
    // two numbers of one vehicle stand there both
    if (other !== null && !standing.fits(other.box)) {
      this.path.leanLike(other.path);
      for (const [i, memory] of this.memories.entries()) {
        const theirs = other.memories[i]!;
        Object.assign(memory, theirs);
        // of the rest nobody knows which of both it was told of: it is told of neither again
        if (theirs.toldBox !== null) Object.assign(theirs, newMemory());
      }
      other.standing.giveUp(other.box);
    }
    this.standing.continueFrom(standing);
    for (const [i, memory] of this.memories.entries()) {
      if (told[i] !== null && told[i] !== undefined) Object.assign(memory, { isTold: true, toldBox: told[i] });
    }
  }
}
