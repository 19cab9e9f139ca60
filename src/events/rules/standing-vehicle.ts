import type { Box } from '../../frame/box.js';

/** An edge stays where it was within this share of the vehicle's size: less until it is settled that it stands, for who rolls out. */
const STAYS = 0.16;
const STOPS = 0.08;
/** A vehicle that stayed for so long stands, ms; before, whatever moves it begins anew. */
const SETTLED_MS = 1500;
/** What passes in front of a vehicle that stands moves its box for so long at most, ms. */
const HIDDEN_MS = 3000;

/**
 * How long a vehicle has been standing. What passes before it cuts its box off, but leaves an upright and a level edge of it
 * where they were; a vehicle that drives moves both.
 */
export class StandingVehicle {
  #box: Box;
  #since: number;
  #seenAt: number;
  #awaySince: number | null = null;

  constructor(box: Box, now: number) {
    this.#box = box;
    this.#since = now;
    this.#seenAt = now;
  }

  /** The largest box that was seen of it there. */
  get box(): Box {
    return this.#box;
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

  /** The place of one that stands becomes that of another track: this one begins anew where it is. */
  giveUp(box: Box): void {
    this.#box = box;
    this.#since = this.#seenAt;
    this.#awaySince = null;
  }

  update(box: Box, now: number): void {
    this.#seenAt = now;
    const isSettled = now - this.#since >= SETTLED_MS;
    if (stays(this.#box, box, isSettled ? STAYS : STOPS)) {
      this.#awaySince = null;
      if (area(box) > area(this.#box)) this.#box = merged(this.#box, box);
      return;
    }
    this.#awaySince ??= now;
    if (isSettled && now - this.#awaySince < HIDDEN_MS) return;
    this.#box = box;
    this.#since = now;
    this.#awaySince = null;
  }

  /** Takes over since when an earlier track of this vehicle stood, where it is still there. */
  continueFrom(earlier: StandingVehicle): void {
    if (!stays(earlier.#box, this.#box, STAYS)) return;
    this.#since = Math.min(this.#since, earlier.#since);
    if (area(earlier.#box) > area(this.#box)) this.#box = earlier.#box;
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
