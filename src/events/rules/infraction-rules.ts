import type { Polygon } from '../../config/config.js';
import type { Box } from '../../frame/box.js';
import { STRIDE } from '../../frame/detections.js';
import type { FrameResult } from '../../frame/frame-result.js';
import { inside } from '../../frame/polygon.js';
import type { SightedVehicle, VehicleEvent } from '../vehicle-events.js';
import { BodyHeights } from './body-heights.js';
import { isOfClass, LEAST_CLASS_SHARE, shareOfClass } from './class-of-vehicle.js';
import type { Infraction, OffenceFinding } from './infraction.js';
import { linePassage } from './line-passage.js';
import { nearEnd } from './near-end.js';
import { judgeCrossing } from './red-light.js';
import { type RuledCamera, type RuleTerms, ruleTerms } from './rule-terms.js';
import type { SignalStates } from './signal-states.js';
import { findTurn } from './u-turn.js';
import type { PathStep } from './vehicle-path.js';
import type { RuleMemory, WatchedVehicle } from './watched-vehicle.js';
import { WatchedVehicles } from './watched-vehicles.js';

/** A crossing is settled with this much of the way, in sizes and ms around it; not earlier after it than that, ms. */
const LEAST_SIZES = 1;
const LEAST_CONSISTENCY = 0.75;
const AROUND_MS = 2500;
const SETTLED_AFTER_MS = 250;
/** Share of a standing vehicle that must be in the zone. */
const LEAST_IN_ZONE = 0.7;
/** Who was out of the zone for so long has left it, ms. */
const OUT_AFTER_MS = 1000;

type Offender = { readonly vehicle: SightedVehicle } & Infraction;

/** What a rule decided so far. */
export interface RuleCounts {
  readonly rule: string;
  readonly offence: Infraction['offence'];
  readonly infractions: number;
  /** Crossings of which nobody knows what the signal showed. */
  readonly undecided: number;
}

/**
 * Watches the vehicles before one camera for what its rules forbid: one infraction per vehicle and rule, however often it
 * changes its number, until it has left the place and come again.
 */
export class InfractionRules {
  readonly #rules: readonly RuleTerms[];
  readonly #signals: SignalStates | null;
  readonly #vehicles: WatchedVehicles;
  readonly #bodies = new BodyHeights();
  readonly #infractions: number[];
  readonly #undecided: number[];
  #height = 1;
  /** Of the answer at hand: ms on the scene's clock, what to add for Unix ms, width of its picture. */
  #now = 0;
  #sceneMs: number | null = null;
  #toUnix = 0;
  #width = 1;
  #found: Offender[] = [];

  /** @param signals null: no signal is heard of */
  constructor(camera: RuledCamera, signals: SignalStates | null) {
    this.#rules = ruleTerms(camera);
    this.#signals = signals;
    this.#vehicles = new WatchedVehicles(this.#rules.length);
    this.#infractions = this.#rules.map(() => 0);
    this.#undecided = this.#rules.map(() => 0);
  }

  /** Whether there is anything to watch. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** What each rule decided so far. */
  counts(): RuleCounts[] {
    return this.#rules.map(({ id, offence }, i) => ({
      rule: id,
      offence,
      infractions: this.#infractions[i]!,
      undecided: this.#undecided[i]!,
    }));
  }

  /**
   * The next answer of the camera.
   *
   * @param classes names by class index
   * @param sceneMs of its frame; time that goes back stands still
   * @param events what its vehicles did in it
   * @returns who broke a rule
   */
  push(
    result: FrameResult,
    classes: readonly string[],
    sceneMs: number,
    events: readonly VehicleEvent[],
  ): readonly Offender[] {
    if (this.isEmpty) return [];
    const { detections, trackIds, sourceWidth, sourceHeight, capturedAt } = result;
    this.#now += Math.max(0, sceneMs - (this.#sceneMs ?? sceneMs));
    this.#sceneMs = sceneMs;
    this.#toUnix = capturedAt - this.#now;
    this.#width = sourceWidth;
    this.#height = sourceHeight / sourceWidth;
    this.#found = [];
    const isInferred = result.origin !== 'propagated';
    const all = Array.from({ length: detections.count }, (_, row) =>
      sightedIn(detections, row, trackIds[row]!, classes),
    );
    this.#vehicles.begin(this.#now, new Set(all.map(({ trackId }) => trackId)));
    // those that are known first, so that no new one is taken for one of them
    const known = all.filter(({ trackId }) => this.#vehicles.has(trackId));
    const seen: [WatchedVehicle, SightedVehicle][] = [];
    for (const sighted of [...known, ...all.filter((one) => !known.includes(one))]) {
      const { trackId, box } = sighted;
      const vehicle = this.#vehicles.see(trackId, box, this.#step(box), result.confidence);
      if (vehicle === null) continue;
      if (isInferred) this.#lookAt(vehicle, sighted);
      seen.push([vehicle, sighted]);
    }
    for (const event of events) if (event.kind === 'crossed') this.#crossed(event.line, event.direction, event.vehicle);
    for (const [vehicle, sighted] of seen) this.#judge(vehicle, sighted);
    this.#vehicles.forget();
    return this.#found;
  }

  /** What an inference says of a vehicle: its class, and how tall it is beside the cars there. */
  #lookAt(vehicle: WatchedVehicle, { class: name, score, box: [x1, y1, x2, y2] }: SightedVehicle): void {
    vehicle.votes.add(name, score);
    const y = y2 / this.#width / this.#height;
    if (isAtEdge(x1 / this.#width, y) || isAtEdge(x2 / this.#width, y)) return;
    const ratio = this.#bodies.ratio(y, y2 - y1);
    if (name === 'car') this.#bodies.learn(y, y2 - y1);
    if (ratio === null) return;
    vehicle.tallness += ratio;
    vehicle.measured++;
  }

  #step([x1, y1, x2, y2]: Box): PathStep {
    const size = Math.sqrt(Math.max(1, (x2 - x1) * (y2 - y1))) / this.#width;
    const x = Math.min(1, Math.max(0, (x1 + x2) / 2 / this.#width));
    return { at: this.#now, x, y: Math.min(this.#height, Math.max(0, y2 / this.#width)), size };
  }

  #crossed(line: string, direction: string, { trackId }: SightedVehicle): void {
    const vehicle = this.#vehicles.get(trackId);
    if (vehicle === undefined) return;
    for (const [i, rule] of this.#rules.entries()) {
      if (rule.offence !== 'wrong-way' && rule.offence !== 'red-light') continue;
      if (rule.line.id !== line) continue;
      const memory = vehicle.memories[i]!;
      if (nameOf(rule) === direction) memory.pending ??= { toldAt: this.#now };
      // who drives back may offend again
      else Object.assign(memory, { isTold: false, pending: null });
    }
  }

  #judge(vehicle: WatchedVehicle, sighted: SightedVehicle): void {
    for (const [i, rule] of this.#rules.entries()) {
      const memory = vehicle.memories[i]!;
      switch (rule.offence) {
        case 'wrong-way':
        case 'red-light':
          this.#judgeCrossing(i, rule, memory, vehicle, sighted);
          break;
        case 'no-stopping':
          this.#judgeStanding(i, rule, memory, vehicle, sighted);
          break;
        case 'class-lane':
          this.#judgeStay(i, rule, memory, vehicle, sighted);
          break;
        case 'u-turn':
          this.#judgeTurn(i, rule, vehicle, sighted);
      }
    }
  }

  #judgeCrossing(
    index: number,
    rule: RuleTerms & { offence: 'wrong-way' | 'red-light' },
    memory: RuleMemory,
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
  ): void {
    const { pending } = memory;
    if (pending === null || this.#now - pending.toldAt < SETTLED_AFTER_MS) return;
    const steps = vehicle.path.steps.filter(({ at }) => at >= pending.toldAt - AROUND_MS);
    const passage = linePassage(steps, rule.line, rule.side, this.#height);
    const isClear = passage.sizes >= LEAST_SIZES && passage.consistency >= LEAST_CONSISTENCY;
    if (!isClear && this.#now - pending.toldAt < AROUND_MS) return;
    memory.pending = null;
    if (!isClear || memory.isTold) return;
    const at = passage.at ?? pending.toldAt;
    const atMs = at + this.#toUnix;
    if (!rule.holds(atMs) || !isOfClass(rule, vehicle)) return;
    const where = { line: rule.line.id, direction: nameOf(rule) };
    const certainty = passage.consistency * vehicle.confidence;
    if (rule.offence === 'wrong-way') {
      const finding = { offence: rule.offence, ...where, angleDeg: passage.angleDeg };
      this.#tell(index, memory, vehicle, sighted, finding, certainty, at);
      return;
    }
    const signal = this.#signals?.shown(rule.signal, atMs, rule.maxAgeMs) ?? null;
    const verdict = judgeCrossing(signal, rule);
    if (verdict === 'unknown') this.#undecided[index]!++;
    if (verdict !== 'offence') return;
    this.#tell(index, memory, vehicle, sighted, { offence: rule.offence, ...where, signal: signal! }, certainty, at);
  }

  #judgeStanding(
    index: number,
    rule: RuleTerms & { offence: 'no-stopping' },
    memory: RuleMemory,
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
  ): void {
    const { standing } = vehicle;
    const inZone = this.#shareIn(rule, standing.box, vehicle.path.slant);
    if (inZone < LEAST_IN_ZONE) memory.isTold = false;
    const stoodMs = this.#now - standing.since;
    if (memory.isTold || !standing.isThere || inZone < LEAST_IN_ZONE || stoodMs <= rule.longerThanMs) return;
    // hours of validity that began while it stood count from then on
    const isHeld = rule.holds(this.#now + this.#toUnix) && rule.holds(this.#now + this.#toUnix - rule.longerThanMs);
    if (!isHeld || !isOfClass(rule, vehicle)) return;
    const finding = { offence: rule.offence, zone: rule.zone.id, stoodMs, inZone };
    this.#tell(index, memory, vehicle, sighted, finding, inZone * vehicle.confidence, standing.since);
  }

  #judgeStay(
    index: number,
    rule: RuleTerms & { offence: 'class-lane' },
    memory: RuleMemory,
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
  ): void {
    const { x, y } = nearEnd(sighted.box, vehicle.path.slant);
    const isIn = inside(rule.zone.polygon, x / this.#width, Math.min(1, y / this.#width / this.#height));
    if (isIn) {
      memory.since ??= this.#now;
      memory.seenIn = this.#now;
      memory.within++;
    } else if (memory.since !== null && this.#now - memory.seenIn > OUT_AFTER_MS) {
      Object.assign(memory, { since: null, isTold: false, sightings: 0, within: 0 });
    }
    if (memory.since === null) return;
    memory.sightings++;
    const stayedMs = this.#now - memory.since;
    if (memory.isTold || !isIn || stayedMs <= rule.longerThanMs) return;
    const classShare = shareOfClass(rule, vehicle);
    const within = memory.within / memory.sightings;
    if (classShare === null || classShare < LEAST_CLASS_SHARE || within < LEAST_CLASS_SHARE) return;
    if (!rule.holds(this.#now + this.#toUnix)) return;
    const finding = { offence: rule.offence, zone: rule.zone.id, stayedMs, classShare };
    this.#tell(index, memory, vehicle, sighted, finding, classShare * within * vehicle.confidence, memory.since);
  }

  #judgeTurn(
    index: number,
    rule: RuleTerms & { offence: 'u-turn' },
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
  ): void {
    const turn = findTurn(vehicle.path.steps, rule.turnDeg);
    if (turn === null) return;
    const { x, y } = turn.middle;
    const steps = vehicle.path.steps.filter(({ at }) => at >= turn.from && at <= turn.until);
    if (steps.some((step) => isAtEdge(step.x, step.y / this.#height))) return;
    if (rule.zone !== null && !inside(rule.zone.polygon, x, y / this.#height)) return;
    if (!rule.holds(turn.from + this.#toUnix) || !isOfClass(rule, vehicle)) return;
    const finding = { offence: rule.offence, zone: rule.zone?.id ?? null, turnedDeg: turn.turnedDeg };
    const memory = vehicle.memories[index]!;
    if (memory.toldAt >= turn.from) return;
    this.#tell(index, memory, vehicle, sighted, finding, turn.evenness * vehicle.confidence, turn.from);
  }

  /** Share of the middle of a vehicle's near end that is in a zone. */
  #shareIn({ zone }: { readonly zone: { readonly polygon: Polygon } }, box: Box, slant: number | null): number {
    const { x, y, width } = nearEnd(box, slant);
    let count = 0;
    for (const share of END_SHARES) {
      if (inside(zone.polygon, (x + share * width) / this.#width, Math.min(1, y / this.#width / this.#height))) count++;
    }
    return count / END_SHARES.length;
  }

  #tell(
    index: number,
    memory: RuleMemory,
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
    finding: OffenceFinding,
    certainty: number,
    from: number,
  ): void {
    const isDouble = this.#vehicles.isTwin(index, vehicle);
    memory.isTold = true;
    memory.toldAt = this.#now;
    if (isDouble) return;
    this.#infractions[index]!++;
    this.#found.push({
      ...finding,
      kind: 'infraction',
      vehicle: sighted,
      rule: this.#rules[index]!.id,
      certainty: Math.min(1, certainty),
      atMs: from + this.#toUnix,
      path: vehicle.path.told(from - AROUND_MS, this.#width),
    });
  }
}

function sightedIn(
  { data }: FrameResult['detections'],
  row: number,
  trackId: number,
  classes: readonly string[],
): SightedVehicle {
  const at = row * STRIDE;
  const box: Box = [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
  return { trackId, class: classes[data[at + 5]!]!, score: data[at + 4]!, box };
}

/** Where on the near end of a vehicle it is asked for, from its middle: its corners are often beside the vehicle. */
const END_SHARES = [-0.3, -0.15, 0, 0.15, 0.3];

function nameOf({ line, side }: RuleTerms & { offence: 'wrong-way' | 'red-light' }): string {
  return side === 1 ? line.left : line.right;
}

/** Whether a place, in shares of the picture, is where boxes are cut off. */
function isAtEdge(x: number, y: number): boolean {
  return x < 0.02 || x > 0.98 || y > 0.97;
}
