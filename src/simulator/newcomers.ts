import type { DrivenVehicle } from './driven-vehicle.js';
import type { Layout } from './layout.js';
import type { Manoeuvres } from './manoeuvres.js';
import type { TrafficLevel as Demand } from './options.js';
import { Random } from './random.js';
import { BUS, CAR, coloursOf, MOTORCYCLE, type Shape, TRUCK } from './vehicles.js';

/** Vehicles per hour and lane at a time of the chapter. */
function demandAt(demand: Demand, ms: number): number {
  const second = ms / 1000;
  switch (demand) {
    case 'empty':
      return 3;
    case 'light':
      return (second + 10) % 75 < 45 ? 300 : 0;
    case 'night':
      return 260;
    case 'rush':
      return 900;
    case 'mixed':
      return 420 + 380 * Math.sin((second / 240) * 4 * Math.PI);
  }
}

/** Who comes onto the road, when and as what. */
export class Newcomers {
  readonly #layout: Pick<Layout, 'lanesPerDirection'>;
  readonly #shapes: readonly Shape[];
  readonly #demand: Demand;
  readonly #chapterMs: number;
  /** null: everybody drives as they should. */
  readonly #manoeuvres: Pick<Manoeuvres, 'kindFor'> | null;
  #random = new Random(0);
  #count = 0;

  constructor(
    layout: Pick<Layout, 'lanesPerDirection'>,
    shapes: readonly Shape[],
    demand: Demand,
    chapterMs: number,
    manoeuvres: Pick<Manoeuvres, 'kindFor'> | null,
  ) {
    this.#layout = layout;
    this.#shapes = shapes;
    this.#demand = demand;
    this.#chapterMs = chapterMs;
    this.#manoeuvres = manoeuvres;
  }

  /** A chapter begins. */
  begin(seed: number): void {
    this.#random = new Random(seed);
    this.#count = 0;
  }

  /** Whether anybody comes at that time of the chapter, ms. */
  comesAt(ms: number): boolean {
    return demandAt(this.#demand, ms) > 0;
  }

  /** Time to the next arrival of a lane, ms; the demand of that moment decides. @param ms of the chapter */
  pause(ms: number): number {
    const perHour = demandAt(this.#demand, ms);
    if (perHour === 0) return 5000 * (0.5 + this.#random.next());
    const mean = 3_600_000 / perHour;
    return Math.min(this.#chapterMs, 900 - Math.log(1 - this.#random.next()) * Math.max(0, mean - 900));
  }

  /** A vehicle that comes into a lane. @param chapter its number goes into the vehicle's */
  create(chapter: number, lane: number, last: DrivenVehicle | null, room: number): DrivenVehicle {
    const random = this.#random;
    const outer = lane % this.#layout.lanesPerDirection === 0;
    const draw = random.next();
    let kind = CAR;
    if (draw < 0.05) kind = MOTORCYCLE;
    else if (outer && draw < 0.19) kind = TRUCK;
    else if (outer && draw < 0.24) kind = BUS;
    if (this.#manoeuvres !== null) kind = this.#manoeuvres.kindFor(kind, outer);
    const shapeIndex = this.#pickShape(kind);
    const shape = this.#shapes[shapeIndex]!;
    const colours = coloursOf(kind);
    const heavy = kind === TRUCK || kind === BUS;
    const wish = random.between(11, 15.5) * (heavy ? 0.88 : 1) * (outer ? 1 : 1.08);
    return {
      id: ((chapter * 2000 + this.#count++) % 2_000_000_000) + 1,
      shape,
      shapeIndex,
      colour: colours[random.index(colours.length)]!,
      lane,
      fromLane: lane,
      changedAt: 0,
      front: 0,
      speed: last !== null && room < 40 ? Math.min(wish, last.speed) : wish,
      wish,
      vigour: (heavy ? 0.9 : 1.6) * random.between(0.85, 1.2),
      manoeuvre: null,
      acts: [],
    };
  }

  #pickShape(kind: number): number {
    let total = 0;
    for (const s of this.#shapes) if (s.classIndex === kind) total += s.share;
    let left = this.#random.next() * total;
    let last = 0;
    for (let i = 0; i < this.#shapes.length; i++) {
      const s = this.#shapes[i]!;
      if (s.classIndex !== kind) continue;
      last = i;
      left -= s.share;
      if (left < 0) break;
    }
    return last;
  }
}
