import { type Box, iou } from '../../frame/box.js';
import { UsualBox } from './usual-box.js';

/** An edge stays where it was within this share of the vehicle's size: less until it is settled that it stands, for who rolls out. */
const STAYS = 0.16;
const STOPS = 0.08;
/** A vehicle that stayed for so long stands, ms; before, whatever moves it begins anew. */
const SETTLED_MS = 1500;
/** What passes in front of a vehicle that stands moves its box for so long at most, ms. */
const HIDDEN_MS = 3000;
/** A box in the place of one that stands has so much in common with it. */
const SAME_PLACE = 0.5;

/**
 * How long a vehicle has been standing. What passes before it cuts its box off, but leaves an upright and a level edge of it
 * where they were; a vehicle that drives moves both.
 */
export class StandingVehicle {
  #box: Box;
  #since: number;
  #seenAt: number;
  #awaySince: number | null = null;
  #usual: UsualBox;

  constructor(box: Box, now: number) {
    this.#box = box;
    this.#since = now;
    this.#seenAt = now;
    this.#usual = new UsualBox(box, now);
  }

  /** The largest box that was seen of it there. */
  get box(): Box {
    return this.#box;
  }

  /** Its box as it was seen there most often: neither cut off nor grown by who passes by. */
  get usualBox(): Box {
    return this.#usual.box;
  }

  get since(): number {
    return this.#since;
  }

  /** Whether it is where it was, and not hidden or on its way at the moment. */
  get isThere(): boolean {
    return this.#awaySince === null;
  }

  /** Whether it had been standing for long enough to be sure when it was seen last; it may be hidden, or on its way since. */
  get hasSettled(): boolean {
    return this.#seenAt - this.#since >= SETTLED_MS;
  }

  /** Whether a box is that of the vehicle that stands here. */
  fits(box: Box): boolean {
    const place = this.usualBox;
    return iou(place, 0, box, 0) >= SAME_PLACE && stays(place, box, STAYS);
  }

  /** Its number went along with another vehicle: it begins anew where that is. */
  giveUp(box: Box): void {
    this.#begin(box, this.#seenAt);
  }

  update(box: Box, now: number): void {
    this.#seenAt = now;
    const isSettled = now - this.#since >= SETTLED_MS;
    if (stays(this.#box, box, isSettled ? STAYS : STOPS)) {
      this.#awaySince = null;
      this.#usual.see(box, now);
      if (area(box) > area(this.#box)) this.#box = merged(this.#box, box);
      return;
    }
    this.#awaySince ??= now;
    if (isSettled && now - this.#awaySince < HIDDEN_MS) return;
    this.#begin(box, now);
  }

  /** Takes over since when this vehicle stood under another number, where it is still there. @returns whether it is */
  continueFrom(earlier: StandingVehicle): boolean {
    if (!earlier.fits(this.#box)) return false;
    this.#since = Math.min(this.#since, earlier.#since);
    this.#usual = earlier.#usual.copy();
    if (area(earlier.#box) > area(this.#box)) this.#box = earlier.#box;
    return true;
  }

  /** As it is now, for who will continue from it. */
  copy(): StandingVehicle {
    const copy = new StandingVehicle(this.#box, this.#since);
    copy.#seenAt = this.#seenAt;
    copy.#usual = this.#usual.copy();
    return copy;
  }

  #begin(box: Box, now: number): void {
    this.#box = box;
    this.#since = now;
    this.#awaySince = null;
    this.#usual = new UsualBox(box, now);
  }
}

function stays(was: Box, is: Box, share: number): boolean {
  const most = share * Math.sqrt(area(was));
  const near = (edge: 0 | 1 | 2 | 3) => Math.abs(was[edge] - is[edge]) <= most;
  return (near(0) || near(2)) && (near(1) || near(3));
}

/** Moves towards the larger box, so that it does not creep along with one that does. */
function merged(was: Box, is: Box): Box {
  return was.map((edge, i) => edge + 0.1 * (is[i]! - edge)) as unknown as Box;
}

const area = ([x1, y1, x2, y2]: Box): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
