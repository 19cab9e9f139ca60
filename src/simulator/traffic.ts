import type { DrivenVehicle } from './driven-vehicle.js';
import { isTowards, type Layout } from './layout.js';
import { Manoeuvres, type SimulatedAct, TICK_MS, turnUnderWay } from './manoeuvres.js';
import { Newcomers } from './newcomers.js';
import type { SimulatorOptions } from './options.js';
import { hash, smoothStep } from './random.js';
import { CYCLE_MS, type Signal, SignalCycle } from './signal-cycle.js';
import { NEAR_Z } from './sprite.js';
import { BUS, CAR, type Shape, TRUCK } from './vehicles.js';

/**
 * Traffic comes in chapters, each from its own seed and starting on an empty road: any moment can be found again by
 * replaying one chapter, however long the run. Arrivals end early enough for the road to empty by itself.
 */
const CHAPTER_MS = 240_000;
const LAST_ARRIVAL_MS = 184_000;
/** The first frame shows a road on which traffic has already come. */
const HEAD_START_MS = 20_000;
const LANE_CHANGE_MS = 3000;
/** The painted line is so far beyond where the first vehicle stops, metres. */
const STOP_LINE_BEYOND = 1.4;

/** Cars following one another (the Intelligent Driver Model), with a signal, lane changes, arrivals and departures. */
export class Traffic {
  readonly vehicles: DrivenVehicle[] = [];
  readonly #layout: Layout;
  readonly #seed: number;
  /** Where vehicles appear or vanish in the distance, metres along the road. */
  readonly #far: number;
  readonly #signal: SignalCycle;
  readonly #newcomers: Newcomers;
  readonly #nextArrival: Float64Array;
  /** null: everybody drives as they should. */
  readonly #manoeuvres: Manoeuvres | null;
  #chapter = -1;
  #tick = 0;
  /** ms since the last tick, for positions between ticks. */
  #since = 0;

  constructor(layout: Layout, shapes: readonly Shape[], options: SimulatorOptions, far: number) {
    const { traffic, seed, red } = options;
    this.#layout = layout;
    this.#seed = seed;
    this.#far = far;
    this.#signal = new SignalCycle(traffic === 'rush' || traffic === 'mixed' ? red * 1000 : 0, CHAPTER_MS);
    this.#nextArrival = new Float64Array(layout.laneX.length);
    this.#manoeuvres = Manoeuvres.any(options) ? new Manoeuvres(layout, options, far) : null;
    this.#newcomers = new Newcomers(layout, shapes, traffic, CHAPTER_MS, this.#manoeuvres);
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
    const shown = this.#signal.at(this.#tick * TICK_MS + this.#since);
    return shown && { state: shown.state, sinceMs: this.#sceneMs(shown.since) };
  }

  /** Whether a vehicle drives towards the camera, which those on the wrong side do in the other lanes. */
  comesTowards(vehicle: DrivenVehicle): boolean {
    return isTowards(this.#layout, vehicle.lane) !== (vehicle.manoeuvre?.kind === 'wrong-way');
  }

  /** By how much a vehicle that turns round is turned, radians. */
  turnOf(vehicle: DrivenVehicle): number {
    const turn = turnUnderWay(vehicle);
    return turn === null ? 0 : Math.min(Math.PI, turn.angle + (vehicle.speed * this.#since) / 1000 / turn.radius);
  }

  /** Nearest end of a vehicle along the road now, metres; of one that turns, as if it were not turned about its middle. */
  nearZ(vehicle: DrivenVehicle): number {
    const turn = turnUnderWay(vehicle);
    if (turn !== null) {
      const forward = turn.radius * Math.sin(this.turnOf(vehicle));
      return isTowards(this.#layout, vehicle.lane)
        ? this.#far - turn.at - forward
        : NEAR_Z + turn.at - vehicle.shape.length + forward;
    }
    const front = vehicle.front + (vehicle.speed * this.#since) / 1000;
    return this.comesTowards(vehicle) ? this.#far - front : NEAR_Z + front - vehicle.shape.length;
  }

  /** Middle of a vehicle across the road now, metres. */
  acrossX(vehicle: DrivenVehicle): number {
    const to = this.#layout.laneX[vehicle.lane]!;
    const now = this.#tick * TICK_MS + this.#since;
    const turn = turnUnderWay(vehicle);
    if (turn !== null) {
      const side = this.#layout.laneX[turn.toLane]! > to ? 1 : -1;
      return to + side * turn.radius * (1 - Math.cos(this.turnOf(vehicle)));
    }
    if (vehicle.manoeuvre?.kind === 'stops') {
      return to + (this.#manoeuvres!.besideX(vehicle.lane) - to) * this.#manoeuvres!.beside(vehicle, now);
    }
    if (vehicle.fromLane === vehicle.lane) return to;
    const from = this.#layout.laneX[vehicle.fromLane]!;
    return from + (to - from) * smoothStep(0, LANE_CHANGE_MS, now - vehicle.changedAt);
  }

  #begin(chapter: number): void {
    this.#chapter = chapter;
    this.#tick = 0;
    this.#newcomers.begin(Math.floor(hash(chapter, this.#seed, 77) * 0xffffffff));
    this.#manoeuvres?.begin(Math.floor(hash(chapter, this.#seed, 78) * 0xffffffff));
    this.vehicles.length = 0;
    for (let lane = 0; lane < this.#nextArrival.length; lane++)
      this.#nextArrival[lane] = this.#newcomers.pause(0) * 0.6;
  }

  #step(): void {
    const now = this.#tick * TICK_MS;
    const { vehicles } = this;
    const red = now < this.#signal.redUntil(now);
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

  #sceneMs(now: number): number {
    return this.#chapter * CHAPTER_MS + now - HEAD_START_MS;
  }

  /** Its front passed the painted line while the signal was red. */
  #noteRedLight(v: DrivenVehicle, before: number, now: number): void {
    const line = this.#stopAt(v.lane) + STOP_LINE_BEYOND;
    // the front of one that turns round goes across the road, not along it
    if (v.manoeuvre?.kind === 'wrong-way' || turnUnderWay(v) !== null || before >= line || v.front < line) return;
    this.#note(v, 'red-light', now, now % CYCLE_MS);
  }

  #note(v: DrivenVehicle, act: SimulatedAct, now: number, redMs?: number): void {
    v.acts.push({ act, fromMs: this.#sceneMs(now), untilMs: null, ...(redMs !== undefined && { redMs }) });
  }

  #over(v: DrivenVehicle, act: SimulatedAct, now: number): void {
    v.acts.findLast((one) => one.act === act)!.untilMs = this.#sceneMs(now);
  }

  #manoeuvre(manoeuvres: Manoeuvres, v: DrivenVehicle, now: number): void {
    const change = manoeuvres.step(v, now, this.vehicles, () => this.#hasRoom(v, v.lane));
    if (change === 'stood') this.#note(v, 'stopping', now);
    else if (change === 'turning') this.#note(v, 'u-turn', now);
    else if (change === 'went') this.#over(v, 'stopping', now);
    else if (change === 'turned') this.#over(v, 'u-turn', now);
    if (change === 'turned') v.fromLane = v.lane;
  }

  #isBeside(v: DrivenVehicle): boolean {
    return this.#manoeuvres !== null && this.#manoeuvres.beside(v, this.#tick * TICK_MS) > 0.75;
  }

  #acceleration(v: DrivenVehicle, lane: number, red: boolean): number {
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

  #hasRoom(v: DrivenVehicle, lane: number): boolean {
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
      let last: DrivenVehicle | null = null;
      for (const v of this.vehicles) if (v.lane === lane && (last === null || v.front < last.front)) last = v;
      const room = last === null ? Infinity : last.front - last.shape.length;
      if (room < 14) continue;
      this.#nextArrival[lane] = now + this.#newcomers.pause(now);
      if (this.#newcomers.comesAt(now)) this.#come(this.#newcomers.create(this.#chapter, lane, last, room), now);
    }
    const wrong = this.#manoeuvres?.wrongArrival(now, this.vehicles) ?? null;
    if (wrong === null) return;
    const driver = this.#newcomers.create(this.#chapter, wrong, null, Infinity);
    driver.manoeuvre = { kind: 'wrong-way' };
    this.#note(driver, 'wrong-way', now);
    this.#noteLane(driver, now);
    this.vehicles.push(driver);
  }

  #come(v: DrivenVehicle, now: number): void {
    if (this.#manoeuvres !== null) v.manoeuvre = this.#manoeuvres.choose(now, v, this.vehicles);
    this.#noteLane(v, now);
    this.vehicles.push(v);
  }

  /** Lorries and buses that come in an inner lane stay in it. */
  #noteLane({ lane, shape, acts }: DrivenVehicle, now: number): void {
    const isOuter = lane % this.#layout.lanesPerDirection === 0;
    if (isOuter || (shape.classIndex !== TRUCK && shape.classIndex !== BUS)) return;
    acts.push({ act: 'wrong-lane', fromMs: this.#sceneMs(now), untilMs: null });
  }
}
