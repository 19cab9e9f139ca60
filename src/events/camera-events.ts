import type { CameraConfig } from '../config/config.js';
import type { Box } from '../frame/box.js';
import { EVENT_KINDS, type EventKind } from '../frame/event-kind.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { EventPayload } from '../telemetry/mqtt/messages/event.js';
import { EventLimit } from './event-limit.js';
import { roundedInfraction } from './rules/infraction.js';
import { InfractionRules, type RuleCounts } from './rules/infraction-rules.js';
import type { SignalStates } from './rules/signal-states.js';
import type { TrafficCounter } from './traffic/traffic-counter.js';
import { type VehicleEvent, VehicleEvents } from './vehicle-events.js';
import type { CrossingTotal } from './vehicle-totals.js';

export interface CameraEventsOptions {
  readonly camera: Pick<CameraConfig, 'lines' | 'zones'> & Partial<Pick<CameraConfig, 'rules'>>;
  /** Names by class index. */
  readonly classes: readonly string[];
  /** By the scene's clock: of a film read faster than it plays, no more is left out than of the road itself. */
  readonly maxEventsPerSecond: number;
  /** Counts by the clock, and over all runs of the program; absent: nobody does. */
  readonly traffic?: TrafficCounter;
  /** What signals show that rules ask for; absent: nobody knows. */
  readonly signals?: SignalStates;
}

/** When a result came. */
export interface ResultTime {
  /** Of its frame. */
  readonly sceneMs: number;
  /** Unix ms. */
  readonly now: number;
  /** ms on a clock that only goes forward. */
  readonly steady: number;
  /** Whether vehicles would be seen in its picture; absent: yes. What is seen all the same is counted. */
  readonly showsRoad?: boolean;
}

/** What the vehicles before one camera do, as messages and as counters. */
export class CameraEvents {
  #classes: readonly string[];
  readonly #camera: CameraEventsOptions['camera'];
  readonly #vehicles: VehicleEvents;
  readonly #rules: InfractionRules;
  readonly #limit: EventLimit;
  readonly #traffic: TrafficCounter | null;
  readonly #kinds = Object.fromEntries(EVENT_KINDS.map((kind) => [kind, 0])) as Record<EventKind, number>;

  constructor({ camera, classes, maxEventsPerSecond, traffic, signals }: CameraEventsOptions) {
    this.#classes = classes;
    this.#camera = camera;
    this.#vehicles = new VehicleEvents({ classes, lines: camera.lines, zones: camera.zones });
    this.#rules = new InfractionRules({ ...camera, rules: camera.rules ?? [] }, signals ?? null);
    this.#limit = new EventLimit(maxEventsPerSecond);
    this.#traffic = traffic ?? null;
  }

  /** Events that may be published a second, on average, from now on. */
  set maxEventsPerSecond(events: number) {
    this.#limit.perSecond = events;
  }

  /** There are more classes now. @param classes begins with those known before */
  extend(classes: readonly string[]): void {
    this.#classes = classes;
    this.#vehicles.extend(classes);
  }

  /**
   * The next result of the camera.
   *
   * @returns what to tell; counted is all of it
   */
  push(result: FrameResult, { sceneMs, now, steady, showsRoad = true }: ResultTime): EventPayload[] {
    const payloads: EventPayload[] = [];
    const events = this.#vehicles.push(result, sceneMs);
    const offenders = this.#rules.push(result, this.#classes, sceneMs, events);
    this.#traffic?.answered(now, steady, showsRoad, this.#vehicles.occupancy());
    // where there is no room for all, there is for these
    for (const event of [...offenders, ...events]) {
      this.#kinds[event.kind]++;
      this.#traffic?.count(event);
      if (this.#limit.take(sceneMs)) payloads.push(this.#payload(result, event));
      else this.#traffic?.leaveOut();
    }
    return payloads;
  }

  /** A picture was answered that does not show the road. */
  unseen({ now, steady }: Pick<ResultTime, 'now' | 'steady'>): void {
    this.#traffic?.answered(now, steady, false, []);
  }

  /** Vehicles that appeared so far. */
  get vehiclesSeen(): number {
    return this.#vehicles.seen;
  }

  /** Vehicles in the latest result, by class name; classes that have any. */
  vehiclesNow(): Record<string, number> {
    const named: Record<string, number> = {};
    const { counts } = this.#vehicles;
    for (let i = 0; i < counts.length; i++) if (counts[i]! > 0) named[this.#classes[i]!] = counts[i]!;
    return named;
  }

  /** Crossings of each line by direction, all classes together. */
  lineTotals(): Record<string, Record<string, number>> {
    const totals: Record<string, Record<string, number>> = {};
    for (const { id, left, right } of this.#camera.lines) totals[id] = { [left]: 0, [right]: 0 };
    for (const [line, direction, , count] of this.crossings()) {
      const total = totals[line]!;
      total[direction] = total[direction]! + count;
    }
    return totals;
  }

  /** What vehicles did so far, published or not. */
  eventCount(kind: EventKind): number {
    return this.#kinds[kind];
  }

  /** What each rule decided so far. */
  ruleCounts(): RuleCounts[] {
    return this.#rules.counts();
  }

  /** Events beyond the limit, which were not published. */
  get droppedEvents(): number {
    return this.#limit.dropped;
  }

  /** The same over all runs of the program, as far as they are known. */
  *totalCrossings(): Iterable<CrossingTotal> {
    if (this.#traffic === null) yield* this.crossings();
    for (const { kind, name, direction, vehicleClass, count } of this.#traffic?.totals.all() ?? []) {
      if (kind === 'crossed') yield [name, direction, vehicleClass, count];
    }
  }

  /** How often each line was crossed in each direction by each class in this run of the program, where that happened at all. */
  crossings(): Iterable<CrossingTotal> {
    return this.#vehicles.totals.crossings();
  }

  /** Vehicles in each zone now. */
  occupancy(): Iterable<readonly [zone: string, vehicles: number]> {
    return this.#vehicles.occupancy();
  }

  /** A total that goes on over restarts. */
  #withTotal(event: VehicleEvent): VehicleEvent {
    if (event.kind !== 'crossed' || this.#traffic === null) return event;
    return { ...event, total: this.#traffic.totals.sum('crossed', event.line, event.direction) };
  }

  #payload(result: FrameResult, event: VehicleEvent): EventPayload {
    const { vehicle } = event;
    return {
      ...this.#withTotal(rounded(event)),
      frame: result.seq,
      capturedAt: Math.round(result.capturedAt),
      origin: result.origin,
      ageMs: Math.round(result.ageMs),
      confidence: round(result.confidence, 1000),
      latencyMs: round(result.latencyMs, 10),
      counts: this.vehiclesNow(),
      vehicle: { ...vehicle, score: round(vehicle.score, 1000), box: corners(vehicle.box) },
    };
  }
}

function rounded(event: VehicleEvent): VehicleEvent {
  switch (event.kind) {
    case 'left':
      return { ...event, seenMs: Math.round(event.seenMs), firstBox: corners(event.firstBox) };
    case 'stopped':
    case 'moved':
      return { ...event, stoodMs: Math.round(event.stoodMs) };
    case 'exited':
      return { ...event, stayedMs: Math.round(event.stayedMs) };
    case 'infraction':
      return { vehicle: event.vehicle, ...roundedInfraction(event) };
    default:
      return event;
  }
}

const corners = ([x1, y1, x2, y2]: Box): Box => [round(x1, 10), round(y1, 10), round(x2, 10), round(y2, 10)];
const round = (value: number, steps: number): number => Math.round(value * steps) / steps;
