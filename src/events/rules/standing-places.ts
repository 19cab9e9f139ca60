import type { StandingVehicle } from './standing-vehicle.js';
import type { WatchedVehicle } from './watched-vehicle.js';

/** A place where a vehicle stands, whatever its number is at the moment. */
interface StandingPlace {
  /** The vehicle as it stood there when it was seen there last. */
  standing: StandingVehicle;
  /** ms on the scene's clock. */
  seenAt: number;
  /** Its number then. */
  trackId: number;
  /** Where it was told to stand, by rule; null: it was not. */
  told: readonly (StandingVehicle['box'] | null)[];
}

/** Places that are known at a time. */
const MOST_PLACES = 256;
/**
 * Who stands where nobody was seen for so long is another vehicle, ms: where the number that was there is gone, it may be hidden;
 * where it was seen elsewhere since, it has left, or a vehicle passing by has carried it off for a moment.
 */
const HIDDEN_MS = 20_000;
const CARRIED_OFF_MS = 5000;
/** A number is given so long before the one that stands is missed, ms. */
const YOUNG_MS = 2000;
/** Who has moved by more than so many of its sizes came here, and is not the one that stood here. */
const MOVED_SIZES = 0.4;

/** The places where vehicles stand before one camera. A number is lost, or goes along with who passes by; the place stays. */
export class StandingPlaces {
  #places: StandingPlace[] = [];

  /** A vehicle was seen: the place where it stands is kept. */
  note(vehicle: WatchedVehicle): void {
    const { standing, trackId, seenAt } = vehicle;
    if (!standing.hasSettled || !standing.isThere) return;
    const told = vehicle.memories.map(({ isTold, toldBox }) => (isTold ? toldBox : null));
    const own = this.#places.find((place) => place.trackId === trackId && place.standing.since === standing.since);
    if (own !== undefined) Object.assign(own, { standing: standing.copy(), seenAt, told });
    else this.#places.push({ standing: standing.copy(), seenAt, trackId, told });
    if (this.#places.length > MOST_PLACES) this.#places.shift();
  }

  /**
   * The place of one that is to be seen again under a number that did not stand there, or not any more.
   *
   * @param lastSeenAt when a number was seen last, ms; null: it is not known any more
   */
  claim(vehicle: WatchedVehicle, lastSeenAt: (trackId: number) => number | null): StandingPlace | null {
    const now = vehicle.seenAt;
    this.#places = this.#places.filter(({ seenAt }) => now - seenAt <= HIDDEN_MS);
    const at = this.#places.findIndex((place) => {
      if (place.seenAt >= now || place.standing.since >= vehicle.standing.since) return false;
      if (!place.standing.fits(vehicle.box)) return false;
      if (place.trackId === vehicle.trackId) return true;
      const seenElsewhere = (lastSeenAt(place.trackId) ?? 0) > place.seenAt;
      if (seenElsewhere && now - place.seenAt > CARRIED_OFF_MS) return false;
      return vehicle.firstAt >= place.seenAt - YOUNG_MS && !vehicle.path.hasLeft(MOVED_SIZES);
    });
    return at < 0 ? null : this.#places.splice(at, 1)[0]!;
  }
}
