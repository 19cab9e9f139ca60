import { type Box, iou } from '../../frame/box.js';
import { earlierSelf } from './earlier-self.js';
import { StandingPlaces } from './standing-places.js';
import { type Sighting, WatchedVehicle } from './watched-vehicle.js';

/** Vehicles that are known at a time, and for how long after they were seen last, ms. */
const MOST_VEHICLES = 1024;
const FORGOTTEN_AFTER_MS = 20_000;
/** A new one is asked for so long whether it is one that was there still when it came: a number is lost after the next is given, ms. */
const YOUNG_MS = 2000;
/** Of two numbers in one place, so long after one was seen last, ms. */
const TWIN_MS = 1500;
const TWIN_OVERLAP = 0.4;
/** A second number of a vehicle begins where it overlaps the first by so much. */
const BORN_OVERLAP = 0.3;

/** The vehicles before one camera that has rules, those seen last at the end: one stays itself when its number changes. */
export class WatchedVehicles {
  readonly #vehicles = new Map<number, WatchedVehicle>();
  readonly #places = new StandingPlaces();
  readonly #rules: number;
  /** Of the answer at hand: ms on the scene's clock, its number, who is in it. */
  #now = 0;
  #frame = 0;
  #present: ReadonlySet<number> = new Set();

  /** @param rules how many things are to be known of each */
  constructor(rules: number) {
    this.#rules = rules;
  }

  /** The next answer. @param now ms on the scene's clock @param present who is in it */
  begin(now: number, present: ReadonlySet<number>): void {
    this.#now = now;
    this.#present = present;
    this.#frame++;
  }

  has(trackId: number): boolean {
    return this.#vehicles.has(trackId);
  }

  get(trackId: number): WatchedVehicle | undefined {
    return this.#vehicles.get(trackId);
  }

  /** Those known before this answer are to be seen first. @returns null for a second box with the same number */
  see(trackId: number, sighting: Sighting): WatchedVehicle | null {
    let vehicle = this.#vehicles.get(trackId);
    if (vehicle === undefined) {
      vehicle = new WatchedVehicle(trackId, sighting, this.#rules);
      vehicle.frame = this.#frame;
      vehicle.bornOver = this.#overlapped(sighting.box);
      if (!this.#takePlace(vehicle)) this.#adopt(vehicle, sighting, 0);
      this.#vehicles.set(trackId, vehicle);
      this.#places.note(vehicle);
      return vehicle;
    }
    if (vehicle.frame === this.#frame) return null;
    vehicle.frame = this.#frame;
    vehicle.see(sighting);
    this.#takePlace(vehicle);
    if (!vehicle.hasPast && this.#now - vehicle.firstAt <= YOUNG_MS) this.#adopt(vehicle, sighting, vehicle.firstAt);
    this.#vehicles.delete(trackId);
    this.#vehicles.set(trackId, vehicle);
    this.#places.note(vehicle);
    return vehicle;
  }

  /** Whether the same was told of another number in the same place: one vehicle may have two for a while. @param rule its index */
  isTwin(rule: number, vehicle: WatchedVehicle): boolean {
    for (const other of this.#vehicles.values()) {
      if (other === vehicle || !other.memories[rule]!.isTold || this.#now - other.seenAt > TWIN_MS) continue;
      if (iou(other.box, 0, vehicle.box, 0) >= TWIN_OVERLAP) return true;
    }
    return false;
  }

  /** Forgets who was not seen for long, and the longest unseen where there are too many. */
  forget(): void {
    for (const [trackId, { seenAt }] of this.#vehicles) {
      if (this.#vehicles.size <= MOST_VEHICLES && this.#now - seenAt <= FORGOTTEN_AFTER_MS) return;
      this.#vehicles.delete(trackId);
    }
  }

  /** Has a vehicle go on for one that is lost where it is that one. @param seenAfter only who was seen after that, ms */
  #adopt(vehicle: WatchedVehicle, sighting: Sighting, seenAfter: number): void {
    const earlier = earlierSelf(this.#lost(seenAfter), sighting, vehicle);
    if (earlier === null) return;
    vehicle.continueFrom(earlier);
    this.#vehicles.delete(earlier.trackId);
  }

  #overlapped(box: Box): number[] {
    return [...this.#vehicles.values()]
      .filter((other) => this.#present.has(other.trackId) && iou(other.box, 0, box, 0) >= BORN_OVERLAP)
      .map(({ trackId }) => trackId);
  }

  /** A number that went along with a vehicle passing by, or was lost, leaves its place to the one that was there all the time. */
  #takePlace(vehicle: WatchedVehicle): boolean {
    if (!vehicle.standing.isThere) return false;
    const place = this.#places.claim(vehicle, (trackId) => this.#vehicles.get(trackId)?.seenAt ?? null);
    if (place === null) return false;
    const other = place.trackId === vehicle.trackId ? undefined : this.#vehicles.get(place.trackId);
    const isLost = other !== undefined && !this.#present.has(other.trackId);
    if (isLost && vehicle.firstAt === this.#now) {
      vehicle.continueFrom(other);
      this.#vehicles.delete(other.trackId);
    }
    vehicle.takePlace(place.standing, place.told, isLost ? null : (other ?? null));
    return true;
  }

  /** Who is not in the answer at hand. */
  *#lost(seenAfter: number): Iterable<WatchedVehicle> {
    for (const vehicle of this.#vehicles.values()) {
      if (!this.#present.has(vehicle.trackId) && vehicle.seenAt >= seenAfter) yield vehicle;
    }
  }
}
