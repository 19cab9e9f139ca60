import type { CameraConfig } from '../../config/config.js';
import {
  addCounts,
  addToTally,
  lineTally,
  noCounts,
  ruleTally,
  type TrafficCounts,
  type TrafficInterval,
  type TrafficTotal,
  zoneTally,
} from '../../store/traffic-counts.js';
import type { VehicleEvent } from '../vehicle-events.js';
import { Coverage } from './coverage.js';
import { IntervalClock } from './interval-clock.js';
import { TrafficTotals } from './traffic-totals.js';

export interface TrafficCounterOptions {
  readonly camera: Pick<CameraConfig, 'id' | 'lines' | 'zones'> & Partial<Pick<CameraConfig, 'rules'>>;
  /** Length of an interval in seconds, which a day has a whole number of. */
  readonly intervalS: number;
  /** Unix ms. */
  readonly now: number;
  /** Parts that there are already of an interval that began at `from`. */
  readonly partsOf: (camera: string, from: number) => number;
  /** Takes an interval that is over. */
  readonly closed: (interval: TrafficInterval) => void;
}

/** So long may the first answer of an interval take until the interval before is closed without it, ms. */
const GRACE_MS = 2000;

/**
 * Counts what the vehicles before one camera do, interval by interval and in all. Each vehicle is counted in one interval
 * only, whatever happens to the clock.
 */
export class TrafficCounter {
  readonly camera: string;
  readonly totals: TrafficTotals;
  readonly #options: TrafficCounterOptions;
  readonly #clock: IntervalClock;
  readonly #coverage = new Coverage();
  #counts: TrafficCounts;
  #part: number;
  #coveredMs = 0;
  #leftOut = 0;
  #seenAt: number;
  #occupancy = new Map<string, number>();
  #version = 0;

  constructor(options: TrafficCounterOptions) {
    const { camera, intervalS, now, partsOf } = options;
    this.camera = camera.id;
    this.totals = new TrafficTotals(now);
    this.#options = options;
    this.#clock = new IntervalClock(intervalS, now);
    this.#counts = this.#nothing();
    this.#part = partsOf(camera.id, this.#clock.from) + 1;
    this.#seenAt = now;
  }

  /** Grows with everything that is counted, but not with the time that is covered. */
  get version(): number {
    return this.#version;
  }

  /** What is counted, whether anything came or not. */
  get watched(): readonly Pick<TrafficTotal, 'kind' | 'name'>[] {
    const { lines, zones } = this.#options.camera;
    return [
      ...lines.map(({ id }) => ({ kind: 'crossed' as const, name: id })),
      ...zones.flatMap(({ id }) => [
        { kind: 'entered' as const, name: id },
        { kind: 'exited' as const, name: id },
      ]),
    ];
  }

  /** The interval that is not over. */
  current(): TrafficInterval {
    return {
      camera: this.camera,
      from: this.#clock.from,
      intervalS: this.#options.intervalS,
      part: this.#part,
      coveredMs: Math.round(this.#coveredMs),
      leftOut: this.#leftOut,
      counts: this.#counts,
    };
  }

  /** Takes up an interval that an earlier run of the program had begun. @returns whether it is still that interval */
  goOnWith(interval: TrafficInterval): boolean {
    if (interval.from !== this.#clock.from || interval.intervalS !== this.#options.intervalS) return false;
    this.#part = interval.part;
    this.#coveredMs += interval.coveredMs;
    this.#leftOut += interval.leftOut;
    addCounts(this.#counts, interval.counts);
    this.#version++;
    return true;
  }

  /**
   * A picture was answered.
   *
   * @param now Unix ms
   * @param steady ms on a clock that only goes forward
   * @param isSeen whether the picture shows the road
   * @param occupancy vehicles in each zone now
   */
  answered(now: number, steady: number, isSeen: boolean, occupancy: Iterable<readonly [string, number]>): void {
    if (isSeen) {
      const seenMs = this.#coverage.seen(steady);
      const before = Math.min(seenMs, Math.max(0, this.#clock.until - this.#seenAt));
      const isNext = now >= this.#clock.until && now - this.#seenAt < seenMs + GRACE_MS;
      if (isNext) this.#cover(before);
      this.#advance(now);
      this.#cover(isNext ? seenMs - before : seenMs);
      this.#occupancy = new Map(occupancy);
    } else {
      this.#coverage.interrupted();
      this.#advance(now);
      this.#occupancy.clear();
    }
    this.#seenAt = now;
    for (const [zone, vehicles] of this.#occupancy) {
      const tally = zoneTally(this.#counts, zone);
      if (vehicles > tally.maxOccupancy) tally.maxOccupancy = vehicles;
    }
  }

  /** A vehicle did something before the camera, in the picture that was answered last. */
  count(event: VehicleEvent): void {
    const { class: vehicleClass } = event.vehicle;
    if (event.kind === 'crossed') {
      addToTally(lineTally(this.#counts, event.line, event.direction), vehicleClass);
      this.totals.add('crossed', event.line, event.direction, vehicleClass);
    } else if (event.kind === 'entered' || event.kind === 'exited') {
      const tally = zoneTally(this.#counts, event.zone);
      addToTally(tally[event.kind], vehicleClass);
      if (event.kind === 'exited') tally.dwellMs += Math.max(0, event.stayedMs);
      this.totals.add(event.kind, event.zone, '', vehicleClass);
    } else if (event.kind === 'infraction') addToTally(ruleTally(this.#counts, event.rule), vehicleClass);
    else return;
    this.#version++;
  }

  /** An event of this camera was not published for want of room. */
  leaveOut(): void {
    this.#leftOut++;
  }

  /** Closes an interval that is over though no picture says so. @param now Unix ms */
  tick(now: number): void {
    const isLate = now >= this.#clock.until + GRACE_MS;
    if (isLate || now < this.#clock.from) this.#advance(now);
  }

  #advance(now: number): void {
    const over = this.current();
    if (!this.#clock.advance(now)) return;
    this.#options.closed(over);
    this.#counts = this.#nothing();
    this.#part = this.#options.partsOf(this.camera, this.#clock.from) + 1;
    this.#coveredMs = 0;
    this.#leftOut = 0;
    this.#version++;
  }

  #cover(ms: number): void {
    this.#coveredMs += ms;
    for (const [zone, vehicles] of this.#occupancy) zoneTally(this.#counts, zone).vehicleMs += vehicles * ms;
  }

  /** Every line, zone and rule of the configuration, so that 0 is said where 0 was counted. */
  #nothing(): TrafficCounts {
    const counts = noCounts();
    for (const { id, left, right } of this.#options.camera.lines) {
      lineTally(counts, id, left);
      lineTally(counts, id, right);
    }
    for (const { id } of this.#options.camera.zones) zoneTally(counts, id);
    for (const { id } of this.#options.camera.rules ?? []) ruleTally(counts, id);
    return counts;
  }
}
