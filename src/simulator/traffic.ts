import { isTowards, type Layout } from './layout.js';
import { type Manoeuvre, Manoeuvres, type SimulatedAct, type TrueAct } from './manoeuvres.js';
import type { TrafficLevel as Demand, SimulatorOptions } from './options.js';
import { hash, Random, smoothStep } from './random.js';
import { NEAR_Z } from './sprite.js';
import { BUS, CAR, coloursOf, MOTORCYCLE, type Shape, TRUCK } from './vehicles.js';

/** The traffic's own clock: one step, ms. */
const TICK_MS = 50;
/**
 * Traffic comes in chapters, each from its own seed and starting on an empty road: any moment can be found again by
 * replaying one chapter, however long the run. Arrivals end early enough for the road to empty by itself.
 */
const CHAPTER_MS = 240_000;
const LAST_ARRIVAL_MS = 184_000;
/** The first frame shows a road on which traffic has already come. */
const HEAD_START_MS = 20_000;
/** One signal cycle divides a chapter; red comes first, and in the last one so short that the queue still gets away. */
const CYCLE_MS = 60_000;
const LONGEST_LAST_RED_MS = 24_000;
const LANE_CHANGE_MS = 3000;
/** The end of green, in which nobody brakes yet. */
const YELLOW_MS = 3000;
/** The painted line is so far beyond where the first vehicle stops, metres. */
const STOP_LINE_BEYOND = 1.4;

export interface Vehicle {
  readonly id: number;
  readonly shape: Shape;
  /** Index of the shape among the shapes of the road. */
  readonly shapeIndex: number;
  readonly colour: readonly [number, number, number];
  lane: number;
  /** Lane it came from, and since when it moves over, ms of the chapter. */
  fromLane: number;
  changedAt: number;
  /** How far its front has driven, metres, and how fast, m/s. */
  front: number;
  speed: number;
  readonly wish: number;
  readonly vigour: number;
  manoeuvre: Manoeuvre | null;
  /** What it did that others may not; empty for most. */
  readonly acts: TrueAct[];
}

/** What the signal shows, and since when on the scene's clock, ms. */
export interface Signal {
  readonly state: 'red' | 'yellow' | 'green';
  readonly sinceMs: number;
}

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

/** Cars following one another (the Intelligent Driver Model), with a signal, lane changes, arrivals and departures. */
export class Traffic {
  readonly vehicles: Vehicle[] = [];
  readonly #layout: Layout;
  readonly #shapes: readonly Shape[];
  readonly #demand: Demand;
  readonly #seed: number;
  /** Where vehicles appear or vanish in the distance, metres along the road. */
  readonly #far: number;
  /** Of each cycle, ms; 0 without a signal. */
  readonly #redMs: number;
  readonly #nextArrival: Float64Array;
  /** null: everybody drives as they should. */
  readonly #manoeuvres: Manoeuvres | null;
  #chapter = -1;
  #tick = 0;
  #random = new Random(0);
  #count = 0;
  /** ms since the last tick, for positions between ticks. */
  #since = 0;

  constructor(layout: Layout, shapes: readonly Shape[], options: SimulatorOptions, far: number) {
    const { traffic, seed, red } = options;
    this.#layout = layout;
    this.#shapes = shapes;
    this.#demand = traffic;
    this.#seed = seed;
    this.#far = far;
    this.#redMs = traffic === 'rush' || traffic === 'mixed' ? red * 1000 : 0;
    this.#nextArrival = new Float64Array(layout.laneX.length);
    this.#manoeuvres = Manoeuvres.any(options) ? new Manoeuvres(layout, options, far) : null;
  }

  /** Moves to a moment of the scene; cheap forwards, a replay of at most one chapter backwards. */
  seek(sceneMs: number): void {
    const total = sceneMs + HEAD_START_MS;
    const chapter = Math.floor(total / CHAPTER_MS);
    const ms = total - chapter * CHAPTER_MS;
    const tick = Math.floor(ms / TICK_MS);
    if (chapter !== this.#chapter || tick < this.#tick) this.#begin(chapter);
    while (this.#tick < tick) this.#step();
    this.#since = ms - tick * TICK_MS;
  }

  /** What the signal shows now; null without one. */
  signal(): Signal | null {
    if (this.#redMs === 0) return null;
    const ms = this.#tick * TICK_MS + this.#since;
    const cycle = ms - (ms % CYCLE_MS);
    const red = this.#redUntil(ms);
    const [state, from] =
      ms < red
        ? (['red', cycle] as const)
        : ms < cycle + CYCLE_MS - YELLOW_MS
          ? (['green', red] as const)
          : (['yellow', cycle + CYCLE_MS - YELLOW_MS] as const);
    return { state, sinceMs: this.#sceneMs(from) };
  }

  /** Whether a vehicle drives towards the camera, which those on the wrong side do in the other lanes. */
  comesTowards(vehicle: Vehicle): boolean {
    return isTowards(this.#layout, vehicle.lane) !== (vehicle.manoeuvre?.kind === 'wrong-way');
  }

  /** By how much a vehicle that turns round is turned, radians. */
  turnOf({ manoeuvre, speed }: Vehicle): number {
    if (manoeuvre?.kind !== 'turns' || manoeuvre.stage !== 'turns') return 0;
    return Math.min(Math.PI, manoeuvre.angle + (speed * this.#since) / 1000 / manoeuvre.radius);
  }

  /** Nearest end of a vehicle along the road now, metres; of one that turns, as if it were not turned about its middle. */
  nearZ(vehicle: Vehicle): number {
    const { manoeuvre } = vehicle;
    if (manoeuvre?.kind === 'turns' && manoeuvre.stage === 'turns') {
      const forward = manoeuvre.radius * Math.sin(this.turnOf(vehicle));
      return isTowards(this.#layout, vehicle.lane)
        ? this.#far - manoeuvre.at - forward
        : NEAR_Z + manoeuvre.at - vehicle.shape.length + forward;
    }
    const front = vehicle.front + (vehicle.speed * this.#since) / 1000;
    return this.comesTowards(vehicle) ? this.#far - front : NEAR_Z + front - vehicle.shape.length;
  }

  /** Middle of a vehicle across the road now, metres. */
  acrossX(vehicle: Vehicle): number {
    const to = this.#layout.laneX[vehicle.lane]!;
    const { manoeuvre } = vehicle;
    const now = this.#tick * TICK_MS + this.#since;
    if (manoeuvre?.kind === 'turns' && manoeuvre.stage === 'turns') {
      const side = this.#layout.laneX[manoeuvre.toLane]! > to ? 1 : -1;
      return to + side * manoeuvre.radius * (1 - Math.cos(this.turnOf(vehicle)));
    }
    if (manoeuvre?.kind === 'stops') {
      return to + (this.#manoeuvres!.besideX(vehicle.lane) - to) * this.#manoeuvres!.beside(vehicle, now);
    }
    if (vehicle.fromLane === vehicle.lane) return to;
    const from = this.#layout.laneX[vehicle.fromLane]!;
    return from + (to - from) * smoothStep(0, LANE_CHANGE_MS, now - vehicle.changedAt);
  }

  #begin(chapter: number): void {
    this.#chapter = chapter;
    this.#tick = 0;
    this.#count = 0;
    this.#random = new Random(Math.floor(hash(chapter, this.#seed, 77) * 0xffffffff));
    this.#manoeuvres?.begin(Math.floor(hash(chapter, this.#seed, 78) * 0xffffffff));
    this.vehicles.length = 0;
    for (let lane = 0; lane < this.#nextArrival.length; lane++) this.#nextArrival[lane] = this.#pause(0) * 0.6;
  }

  /** Time to the next arrival of a lane, ms; the demand of that moment decides. */
  #pause(ms: number): number {
    const perHour = demandAt(this.#demand, ms);
    if (perHour === 0) return 5000 * (0.5 + this.#random.next());
    const mean = 3_600_000 / perHour;
    return Math.min(CHAPTER_MS, 900 - Math.log(1 - this.#random.next()) * Math.max(0, mean - 900));
  }

  #step(): void {
    const now = this.#tick * TICK_MS;
    const { vehicles } = this;
    const red = now < this.#redUntil(now);
    for (const v of vehicles) {
      const push = this.#acceleration(v, v.lane, red);
      const before = v.front;
      v.front += (v.speed * TICK_MS) / 1000;
      v.speed = Math.max(0, v.speed + (push * TICK_MS) / 1000);
      if (v.fromLane !== v.lane && now - v.changedAt > LANE_CHANGE_MS) v.fromLane = v.lane;
      if (red) this.#noteRedLight(v, before, now);
      if (this.#manoeuvres !== null) this.#manoeuvre(this.#manoeuvres, v, now);
    }
    if (this.#tick % 20 === 0) this.#changeLanes(now, red);
    this.#depart();
    if (now < LAST_ARRIVAL_MS) this.#arrive(now);
    this.#tick++;
  }

  /** End of the red phase of the cycle at hand, ms of the chapter. */
  #redUntil(now: number): number {
    const isLast = now >= CHAPTER_MS - CYCLE_MS;
    return now - (now % CYCLE_MS) + (isLast ? Math.min(this.#redMs, LONGEST_LAST_RED_MS) : this.#redMs);
  }

  #sceneMs(now: number): number {
    return this.#chapter * CHAPTER_MS + now - HEAD_START_MS;
  }

  /** Its front passed the painted line while the signal was red. */
  #noteRedLight(v: Vehicle, before: number, now: number): void {
    const line = this.#stopAt(v.lane) + STOP_LINE_BEYOND;
    if (v.manoeuvre?.kind === 'wrong-way' || before >= line || v.front < line) return;
    this.#note(v, 'red-light', now, now % CYCLE_MS);
  }

  #note(v: Vehicle, act: SimulatedAct, now: number, redMs?: number): void {
    v.acts.push({ act, fromMs: this.#sceneMs(now), untilMs: null, ...(redMs !== undefined && { redMs }) });
  }

  #manoeuvre(manoeuvres: Manoeuvres, v: Vehicle, now: number): void {
    const change = manoeuvres.step(v, now, this.vehicles, () => this.#hasRoom(v, v.lane));
    if (change === 'stood') this.#note(v, 'stopping', now);
    else if (change === 'turning') this.#note(v, 'u-turn', now);
    else if (change === 'went' || change === 'turned') v.acts.at(-1)!.untilMs = this.#sceneMs(now);
    if (change === 'turned') v.fromLane = v.lane;
  }

  #isBeside(v: Vehicle): boolean {
    return this.#manoeuvres !== null && this.#manoeuvres.beside(v, this.#tick * TICK_MS) > 0.75;
  }

  #acceleration(v: Vehicle, lane: number, red: boolean): number {
    let gap = Infinity;
    let closing = 0;
    for (const other of this.vehicles) {
      if (other === v || (other.lane !== lane && other.fromLane !== lane) || other.front <= v.front) continue;
      if (this.comesTowards(other) !== this.comesTowards(v)) continue;
      if (this.#manoeuvres !== null && (this.#isBeside(other) || this.#isBeside(v))) continue;
      const room = other.front - other.shape.length - v.front;
      if (room < gap) {
        gap = room;
        closing = v.speed - other.speed;
      }
    }
    if (red && v.manoeuvre?.kind !== 'runs-red' && v.manoeuvre?.kind !== 'wrong-way') {
      const room = this.#stopAt(lane) - v.front;
      // Whoever cannot stop any more drives on.
      if (room > 0 && room > (v.speed * v.speed) / 7 - 1 && room < gap) {
        gap = room + 1.5;
        closing = v.speed;
      }
    }
    const limit = this.#manoeuvres?.limit(v, this.vehicles) ?? Infinity;
    const free = 1 - (v.speed / v.wish) ** 4;
    if (gap === Infinity) return Math.min(limit, v.vigour * free);
    const wanted = 4.4 + Math.max(0, v.speed * 1.15 + (v.speed * closing) / (2 * Math.sqrt(v.vigour * 2.2)));
    return Math.min(limit, Math.max(-7, v.vigour * (free - (wanted / Math.max(0.3, gap)) ** 2)));
  }

  /** The stop line as a driven distance. */
  #stopAt(lane: number): number {
    const { stopTowards, stopAway } = this.#layout;
    return isTowards(this.#layout, lane) ? this.#far - stopTowards : stopAway - NEAR_Z;
  }

  /** Who is held up by a slower one moves over where the next lane has room; not at the signal, nor very near. */
  #changeLanes(now: number, red: boolean): void {
    if (red) return;
    for (const v of this.vehicles) {
      if (v.shape.classIndex !== CAR || v.fromLane !== v.lane || v.speed < 6) continue;
      if (v.manoeuvre !== null && v.manoeuvre.kind !== 'runs-red') continue;
      const z = this.nearZ(v);
      if (z < 38 || z > 130 || this.#acceleration(v, v.lane, false) > -0.25) continue;
      const n = this.#layout.lanesPerDirection;
      const base = isTowards(this.#layout, v.lane) ? 0 : n;
      for (const lane of [v.lane + 1, v.lane - 1]) {
        if (lane < base || lane >= base + n || !this.#hasRoom(v, lane)) continue;
        v.lane = lane;
        v.changedAt = now;
        break;
      }
    }
  }

  #hasRoom(v: Vehicle, lane: number): boolean {
    if (v.lane !== lane && this.#manoeuvres?.closes(lane, this.vehicles)) return false;
    for (const other of this.vehicles) {
      if (other === v || (other.lane !== lane && other.fromLane !== lane) || this.#isBeside(other)) continue;
      const ahead = other.front - other.shape.length - v.front;
      const behind = v.front - v.shape.length - other.front;
      if (ahead < 8 && behind < 8 + Math.max(0, other.speed - v.speed) * 2) return false;
    }
    return true;
  }

  #depart(): void {
    const { vehicles } = this;
    let kept = 0;
    for (const v of vehicles) {
      const towards = this.comesTowards(v);
      const z = towards ? this.#far - v.front : NEAR_Z + v.front - v.shape.length;
      const gone = towards ? z + v.shape.length < NEAR_Z : z > this.#far;
      if (!gone) vehicles[kept++] = v;
    }
    vehicles.length = kept;
  }

  #arrive(now: number): void {
    for (let lane = 0; lane < this.#nextArrival.length; lane++) {
      if (now < this.#nextArrival[lane]! || this.#manoeuvres?.closes(lane, this.vehicles)) continue;
      let last: Vehicle | null = null;
      for (const v of this.vehicles) if (v.lane === lane && (last === null || v.front < last.front)) last = v;
      const room = last === null ? Infinity : last.front - last.shape.length;
      if (room < 14) continue;
      this.#nextArrival[lane] = now + this.#pause(now);
      if (demandAt(this.#demand, now) > 0) this.#come(this.#create(lane, last, room), now);
    }
    const wrong = this.#manoeuvres?.wrongArrival(now, this.vehicles) ?? null;
    if (wrong === null) return;
    const driver = this.#create(wrong, null, Infinity);
    driver.manoeuvre = { kind: 'wrong-way' };
    this.#note(driver, 'wrong-way', now);
    this.#noteLane(driver, now);
    this.vehicles.push(driver);
  }

  #come(v: Vehicle, now: number): void {
    if (this.#manoeuvres !== null) v.manoeuvre = this.#manoeuvres.choose(now, v, this.vehicles);
    this.#noteLane(v, now);
    this.vehicles.push(v);
  }

  /** Lorries and buses that come in an inner lane stay in it. */
  #noteLane({ lane, shape, acts }: Vehicle, now: number): void {
    const isOuter = lane % this.#layout.lanesPerDirection === 0;
    if (isOuter || (shape.classIndex !== TRUCK && shape.classIndex !== BUS)) return;
    acts.push({ act: 'wrong-lane', fromMs: this.#sceneMs(now), untilMs: null });
  }

  #create(lane: number, last: Vehicle | null, room: number): Vehicle {
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
      id: ((this.#chapter * 2000 + this.#count++) % 2_000_000_000) + 1,
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
