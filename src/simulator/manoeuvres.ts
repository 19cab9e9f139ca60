import { isTowards, type Layout } from './layout.js';
import type { SimulatorOptions } from './options.js';
import { Random, smoothStep } from './random.js';
import { NEAR_Z } from './sprite.js';
import { TRUCK } from './vehicles.js';

/** What a simulated vehicle can do that others may not. */
export type SimulatedAct = 'wrong-way' | 'stopping' | 'wrong-lane' | 'u-turn' | 'red-light';

/** Something that a vehicle did, as it was. */
export interface TrueAct {
  readonly act: SimulatedAct;
  /** ms on the scene's clock: when it stood still, began to turn, passed the stop line, or came. */
  readonly fromMs: number;
  /** When that was over; null while it goes on. */
  untilMs: number | null;
  /** red-light: how long it had been red, ms. */
  readonly redMs?: number;
}

/** Shares of vehicles, and how often a minute, that break rules; all 0: nobody does. */
export type OffenceOptions = Pick<SimulatorOptions, 'wrongWay' | 'stopping' | 'uTurns' | 'lorries' | 'redRunners'>;

/** What a vehicle was chosen to do. Distances are driven ones, metres; times ms of the chapter. */
export type Manoeuvre =
  | { readonly kind: 'wrong-way' }
  | { readonly kind: 'runs-red' }
  | {
      readonly kind: 'stops';
      readonly at: number;
      readonly forMs: number;
      stage: 'comes' | 'stands' | 'goes';
      since: number;
    }
  | {
      readonly kind: 'turns';
      readonly at: number;
      readonly toLane: number;
      readonly radius: number;
      stage: 'comes' | 'turns';
      since: number;
      angle: number;
    };

type Turn = Extract<Manoeuvre, { kind: 'turns' }>;

/** A vehicle as far as manoeuvres look at it. */
export interface Driver {
  lane: number;
  front: number;
  speed: number;
  readonly shape: { readonly length: number; readonly classIndex: number };
  manoeuvre: Manoeuvre | null;
}

/** The traffic's own clock: one step, ms. */
export const TICK_MS = 50;
/** Nobody is chosen later in a chapter, ms: the road must be empty at its end. */
const LAST_CHOICE_MS = 150_000;
const TURNING_SPEED = 4.5;
/** Those who would turn but find no gap for so long drive on, ms. */
const TURNS_WITHIN_MS = 40_000;
/** Time in which a vehicle moves over to the edge of the road or back, ms, and from where on, metres before its place. */
const SHIFT_MS = 3000;
const SHIFTS_BEFORE = 26;
/** Middle of a vehicle that stands beside the road, metres from the edge. */
const BESIDE = 1.4;

/** Who breaks rules, when and where; drives of its own random numbers, so that the others drive as without it. */
export class Manoeuvres {
  readonly #layout: Layout;
  readonly #options: OffenceOptions;
  readonly #far: number;
  #random = new Random(0);
  readonly #dueAt = { 'wrong-way': 0, stops: 0, turns: 0 };
  /** Lane that is kept free for somebody on the wrong side. */
  #wrongLane: number | null = null;

  constructor(layout: Layout, options: OffenceOptions, far: number) {
    this.#layout = layout;
    this.#options = options;
    this.#far = far;
  }

  /** Whether anybody breaks rules at all. */
  static any({ wrongWay, stopping, uTurns, lorries, redRunners }: OffenceOptions): boolean {
    return wrongWay + stopping + uTurns + lorries + redRunners > 0;
  }

  /** A chapter begins. */
  begin(seed: number): void {
    this.#random = new Random(seed);
    this.#wrongLane = null;
    for (const kind of ['wrong-way', 'stops', 'turns'] as const) this.#dueAt[kind] = this.#pause(kind) * 0.5;
  }

  /** Whether nobody else may come into a lane. */
  closes(lane: number, all: readonly Driver[]): boolean {
    if (lane === this.#wrongLane) return true;
    const towards = isTowards(this.#layout, lane);
    return all.some(
      ({ manoeuvre, lane: own }) =>
        (manoeuvre?.kind === 'wrong-way' && own === lane) ||
        (manoeuvre?.kind === 'turns' && isTowards(this.#layout, own) !== towards),
    );
  }

  /** The lane that somebody on the wrong side comes into now; null: nobody does. */
  wrongArrival(now: number, all: readonly Driver[]): number | null {
    if (now < this.#dueAt['wrong-way'] || now > LAST_CHOICE_MS) return null;
    this.#wrongLane ??= this.#random.index(this.#layout.laneX.length);
    const lane = this.#wrongLane;
    if (all.some((v) => v.lane === lane || v.manoeuvre?.kind === 'turns')) return null;
    this.#wrongLane = null;
    this.#dueAt['wrong-way'] = now + this.#pause('wrong-way');
    return lane;
  }

  /** The kind that a new vehicle of an inner lane becomes: some are lorries. */
  kindFor(kind: number, isOuter: boolean): number {
    return !isOuter && this.#options.lorries > 0 && this.#random.next() < this.#options.lorries ? TRUCK : kind;
  }

  /** What a new vehicle is to do; null: what all do. */
  choose(now: number, { lane, shape }: Driver, all: readonly Driver[]): Manoeuvre | null {
    const inLane = lane % this.#layout.lanesPerDirection;
    if (now < LAST_CHOICE_MS) {
      if (now >= this.#dueAt.stops && inLane === 0) {
        this.#dueAt.stops = now + this.#pause('stops');
        const forMs = this.#random.between(4000, 36_000);
        const at = this.#driven(lane, this.#random.between(36, 58), shape.length);
        return { kind: 'stops', at, forMs, stage: 'comes', since: 0 };
      }
      const isFree = all.every(({ manoeuvre }) => manoeuvre?.kind !== 'turns' && manoeuvre?.kind !== 'wrong-way');
      const isInner = inLane === this.#layout.lanesPerDirection - 1;
      if (now >= this.#dueAt.turns && isInner && isFree && this.#wrongLane === null && shape.classIndex !== TRUCK) {
        this.#dueAt.turns = now + this.#pause('turns');
        return this.#turnOf(lane, shape.length);
      }
    }
    return this.#options.redRunners > 0 && this.#random.next() < this.#options.redRunners ? { kind: 'runs-red' } : null;
  }

  /** Greatest acceleration, m/s², with which a vehicle still does what it is to do; Infinity: any. */
  limit(v: Driver, all: readonly Driver[]): number {
    const { manoeuvre } = v;
    if (manoeuvre?.kind === 'stops') {
      if (manoeuvre.stage === 'stands') return -v.speed / 0.1;
      return manoeuvre.stage === 'comes' ? towardsSpeed(v.speed, 0, manoeuvre.at - v.front - 0.3) : Infinity;
    }
    if (manoeuvre?.kind !== 'turns') return Infinity;
    if (manoeuvre.stage === 'turns') return (TURNING_SPEED - v.speed) / 0.5;
    const left = manoeuvre.at - v.front;
    const speed = this.#canTurn(v, manoeuvre, all) ? TURNING_SPEED : 0;
    // who waits for a gap does so a little before the place
    return towardsSpeed(v.speed, speed, speed === 0 ? left - 2 : left);
  }

  /** Moves a manoeuvre on after a step. @returns what it means for the vehicle */
  step(
    v: Driver,
    now: number,
    all: readonly Driver[],
    hasRoom: () => boolean,
  ): 'stood' | 'went' | 'turning' | 'turned' | null {
    const { manoeuvre } = v;
    if (manoeuvre?.kind === 'stops') {
      if (manoeuvre.stage === 'comes') {
        if (manoeuvre.since === 0 && manoeuvre.at - v.front < SHIFTS_BEFORE) manoeuvre.since = now;
        if (v.speed > 0.15 || manoeuvre.at - v.front > 2) return null;
        v.speed = 0;
        manoeuvre.stage = 'stands';
        manoeuvre.since = now;
        return 'stood';
      }
      if (manoeuvre.stage === 'stands') {
        if (now - manoeuvre.since < manoeuvre.forMs || !hasRoom()) return null;
        manoeuvre.stage = 'goes';
        manoeuvre.since = now;
        return 'went';
      }
      if (now - manoeuvre.since > SHIFT_MS) v.manoeuvre = null;
      return null;
    }
    if (manoeuvre?.kind !== 'turns') return null;
    return this.#stepTurn(v, manoeuvre, now, all);
  }

  /** How far a vehicle has moved over to the edge of the road, 0..1. */
  beside({ manoeuvre }: Driver, now: number): number {
    if (manoeuvre?.kind !== 'stops') return 0;
    if (manoeuvre.stage === 'stands') return 1;
    if (manoeuvre.since === 0) return 0;
    const share = smoothStep(0, SHIFT_MS, now - manoeuvre.since);
    return manoeuvre.stage === 'comes' ? share : 1 - share;
  }

  /** Across the road, of one that stands beside it, metres. */
  besideX(lane: number): number {
    return (isTowards(this.#layout, lane) ? -1 : 1) * (this.#layout.halfWidth + BESIDE);
  }

  #stepTurn(v: Driver, turn: Turn, now: number, all: readonly Driver[]): 'turning' | 'turned' | null {
    if (turn.stage === 'comes') {
      if (turn.since === 0 && turn.at - v.front < 30) turn.since = now;
      if (turn.since > 0 && now - turn.since > TURNS_WITHIN_MS) {
        v.manoeuvre = null;
        return null;
      }
      if (v.front < turn.at - 0.2 || !this.#canTurn(v, turn, all)) return null;
      turn.stage = 'turns';
      turn.since = now;
      return 'turning';
    }
    turn.angle += (v.speed * TICK_MS) / 1000 / turn.radius;
    v.front = turn.at;
    if (turn.angle < Math.PI) return null;
    const near = this.#zAt(v.lane, turn.at, v.shape.length);
    v.lane = turn.toLane;
    v.front = this.#driven(v.lane, near, v.shape.length);
    v.manoeuvre = null;
    return 'turned';
  }

  /** Whether everybody of the other direction is past the place. */
  #canTurn(v: Driver, turn: Turn, all: readonly Driver[]): boolean {
    const place = this.#zAt(v.lane, turn.at, v.shape.length);
    const towards = isTowards(this.#layout, v.lane);
    return all.every((other) => {
      if (other === v || isTowards(this.#layout, other.lane) === towards) return true;
      const z = this.#zAt(other.lane, other.front, other.shape.length);
      return towards ? z > place + 14 : z + other.shape.length < place - 14;
    });
  }

  #turnOf(lane: number, length: number): Manoeuvre {
    const towards = isTowards(this.#layout, lane);
    const n = this.#layout.lanesPerDirection;
    const toLane = towards ? n + n - 2 : n - 2;
    const radius = Math.abs(this.#layout.laneX[toLane]! - this.#layout.laneX[lane]!) / 2;
    const z = towards ? this.#random.between(36, 46) : this.#random.between(48, 60);
    return { kind: 'turns', at: this.#driven(lane, z, length), toLane, radius, stage: 'comes', since: 0, angle: 0 };
  }

  /** Driven distance at which the nearest end of a vehicle is at `z`. */
  #driven(lane: number, z: number, length: number): number {
    return isTowards(this.#layout, lane) ? this.#far - z : z - NEAR_Z + length;
  }

  #zAt(lane: number, front: number, length: number): number {
    return isTowards(this.#layout, lane) ? this.#far - front : NEAR_Z + front - length;
  }

  #pause(kind: 'wrong-way' | 'stops' | 'turns'): number {
    const perMinute = {
      'wrong-way': this.#options.wrongWay,
      stops: this.#options.stopping,
      turns: this.#options.uTurns,
    };
    return perMinute[kind] === 0 ? Infinity : (60_000 / perMinute[kind]) * this.#random.between(0.5, 1.5);
  }
}

/** How far a vehicle is that is turning round now; null: it is not. */
export function turnUnderWay({ manoeuvre }: Pick<Driver, 'manoeuvre'>): Turn | null {
  return manoeuvre?.kind === 'turns' && manoeuvre.stage === 'turns' ? manoeuvre : null;
}

/** Brakes, with 1.8 m/s² where that is enough, to have a speed after so many metres. */
function towardsSpeed(speed: number, wanted: number, metres: number): number {
  const allowed = Math.sqrt(wanted * wanted + 2 * 1.8 * Math.max(0, metres));
  return Math.max(-6, (allowed - speed) / 0.5);
}
