import type { Box } from '../../frame/box.js';
import { STRIDE } from '../../frame/detections.js';
import type { FrameResult } from '../../frame/frame-result.js';
import { isNoShift, NO_SHIFT, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import type { SightedVehicle, VehicleEvent } from '../vehicle-events.js';
import type { Infraction } from './infraction.js';
import { judgeLine, noteCrossing } from './line-rules.js';
import { RoadView } from './road-view.js';
import { type RuledCamera, type RuleTerms, ruleTerms } from './rule-terms.js';
import type { SignalStates } from './signal-states.js';
import { judgeTurn } from './turn-rule.js';
import type { RuleVerdict } from './verdict.js';
import type { RuleMemory, WatchedVehicle } from './watched-vehicle.js';
import { WatchedVehicles } from './watched-vehicles.js';
import { judgeStanding, judgeStay } from './zone-rules.js';

/** The way that is told begins so long before the act, ms. */
const TOLD_BEFORE_MS = 2500;

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
  readonly #view = new RoadView();
  readonly #infractions: number[];
  readonly #undecided: number[];
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
    this.#view.begin(sceneMs, result.capturedAt, result.sourceWidth, result.sourceHeight);
    this.#found = [];
    const seen = this.#see(result, classes);
    for (const event of events) if (event.kind === 'crossed') this.#crossed(event.line, event.direction, event.vehicle);
    for (const [vehicle, sighted] of seen) this.#judge(vehicle, sighted);
    this.#vehicles.forget();
    return this.#found;
  }

  /** Takes up who is in the answer. */
  #see(result: FrameResult, classes: readonly string[]): [WatchedVehicle, SightedVehicle][] {
    const { detections, trackIds, confidence, origin } = result;
    const all = Array.from({ length: detections.count }, (_, row) =>
      sightedIn(detections, row, trackIds[row]!, classes),
    );
    this.#vehicles.begin(this.#view.now, new Set(all.map(({ trackId }) => trackId)));
    // those that are known first, so that no new one is taken for one of them
    const known = all.filter(({ trackId }) => this.#vehicles.has(trackId));
    return [...known, ...all.filter((one) => !known.includes(one))].flatMap((sighted) => {
      const box = steadyBox(sighted.box, result);
      const vehicle = this.#vehicles.see(sighted.trackId, this.#view.sighting(box, confidence));
      if (vehicle === null) return [];
      if (origin !== 'propagated') this.#view.learn(vehicle, { ...sighted, box });
      return [[vehicle, sighted]];
    });
  }

  #crossed(line: string, direction: string, { trackId }: SightedVehicle): void {
    const vehicle = this.#vehicles.get(trackId);
    if (vehicle === undefined) return;
    for (const [i, rule] of this.#rules.entries()) {
      if (rule.offence !== 'wrong-way' && rule.offence !== 'red-light') continue;
      if (rule.line.id === line) noteCrossing(rule, direction, vehicle.memories[i]!, this.#view.now);
    }
  }

  #judge(vehicle: WatchedVehicle, sighted: SightedVehicle): void {
    for (const [i, rule] of this.#rules.entries()) {
      const verdict = this.#verdictOf(rule, vehicle.memories[i]!, vehicle);
      if (verdict === 'undecided') this.#undecided[i]!++;
      else if (verdict !== null) this.#tell(i, vehicle, sighted, verdict);
    }
  }

  #verdictOf(rule: RuleTerms, memory: RuleMemory, vehicle: WatchedVehicle): RuleVerdict {
    switch (rule.offence) {
      case 'wrong-way':
      case 'red-light':
        return judgeLine(rule, memory, vehicle, this.#view, this.#signals);
      case 'no-stopping':
        return judgeStanding(rule, memory, vehicle, this.#view);
      case 'class-lane':
        return judgeStay(rule, memory, vehicle, this.#view);
      case 'u-turn':
        return judgeTurn(rule, memory, vehicle, this.#view);
    }
  }

  #tell(
    index: number,
    vehicle: WatchedVehicle,
    sighted: SightedVehicle,
    { finding, certainty, from }: Exclude<RuleVerdict, 'undecided' | null>,
  ): void {
    const isDouble = this.#vehicles.isTwin(index, vehicle);
    Object.assign(vehicle.memories[index]!, { isTold: true, toldAt: this.#view.now });
    if (isDouble) return;
    this.#infractions[index]!++;
    this.#found.push({
      ...finding,
      kind: 'infraction',
      vehicle: sighted,
      rule: this.#rules[index]!.id,
      certainty: Math.min(1, certainty),
      atMs: this.#view.unix(from),
      path: vehicle.path.told(from - TOLD_BEFORE_MS, this.#view.width),
    });
  }
}

/** Where it would be if the camera did not sway: places that rules are for lie in the scene. */
function steadyBox(box: Box, { swayed = NO_SHIFT, sourceWidth, sourceHeight }: FrameResult): Box {
  if (isNoShift(swayed)) return box;
  const [x1, y1, x2, y2] = box;
  const [right, below] = [(x1 + x2 - sourceWidth) / 2, (y1 + y2 - sourceHeight) / 2];
  const [x, y] = [shiftRight(swayed, right, below), shiftDown(swayed, right, below)];
  return [x1 - x, y1 - y, x2 - x, y2 - y];
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
