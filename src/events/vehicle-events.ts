import type { LineConfig, ZoneConfig } from '../config/config.js';
import type { Box } from '../frame/box.js';
import { STRIDE } from '../frame/detections.js';
import type { FrameResult } from '../frame/frame-result.js';
import { NO_SHIFT, shiftDown, shiftRight } from '../frame/scene-shift.js';
import { type ClassCounts, countClasses } from './class-counts.js';
import { LineCrossings } from './line-crossings.js';
import type { Infraction } from './rules/infraction.js';
import { Standstill } from './standstill.js';
import { UnseenPaths } from './unseen-paths.js';
import { VehicleTable } from './vehicle-table.js';
import { VehicleTotals } from './vehicle-totals.js';
import { ZoneVisits } from './zone-visits.js';

/** A vehicle as it was last seen. */
export interface SightedVehicle {
  readonly trackId: number;
  readonly class: string;
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
}

/** What a vehicle did. Times in ms on the scene's clock. */
export type VehicleEvent = { readonly vehicle: SightedVehicle } & (
  | { readonly kind: 'appeared' }
  | { readonly kind: 'left'; readonly seenMs: number; readonly firstBox: Box }
  | { readonly kind: 'stopped' | 'moved'; readonly stoodMs: number }
  /** `total`: how often that line was crossed in that direction so far. */
  | { readonly kind: 'crossed'; readonly line: string; readonly direction: string; readonly total: number }
  /** `occupancy`: vehicles in the zone afterwards. */
  | { readonly kind: 'entered'; readonly zone: string; readonly occupancy: number }
  | { readonly kind: 'exited'; readonly zone: string; readonly occupancy: number; readonly stayedMs: number }
  | Infraction
);

export interface VehicleEventsOptions {
  /** Names by class index. */
  readonly classes: readonly string[];
  readonly lines: readonly LineConfig[];
  readonly zones: readonly ZoneConfig[];
  /** A vehicle not seen for this long, and in at least 3 frames, has left. */
  readonly leftAfterMs?: number;
  /** A vehicle that has not moved for this long stands. */
  readonly stopAfterMs?: number;
  /** Vehicles followed at a time; of more, the one not seen for longest is forgotten without an event, and counted. */
  readonly maxVehicles?: number;
}

const LEFT_AFTER_MS = 1500;
const LEFT_AFTER_FRAMES = 3;
const STOP_AFTER_MS = 3000;
const MAX_VEHICLES = 1024;
/** How far beyond a line or border a vehicle must be: in its own sizes (root of its box's area), and in picture widths. */
const MARGIN = 0.15;
const LEAST_MARGIN = 0.002;

/**
 * Turns the results of one camera into what each vehicle does: it appears, stops, moves on, crosses lines, enters and
 * exits zones, leaves. A vehicle is where the middle of its box's lower edge is: there it touches the road. Where the camera sways,
 * that is where it would be if it did not; boxes that are told lie as in the picture.
 */
export class VehicleEvents {
  readonly #options: VehicleEventsOptions;
  readonly #leftAfterMs: number;
  readonly #table: VehicleTable;
  readonly #standstill: Standstill;
  readonly #lines: LineCrossings;
  readonly #unseen: UnseenPaths;
  readonly #zones: ZoneVisits;
  /** Vehicles in the latest result, by class. */
  counts: ClassCounts;
  readonly totals: VehicleTotals;
  #classes: readonly string[];
  #events: VehicleEvent[] = [];
  #sceneMs: number | null = null;
  #now = 0;
  #frame = 0;
  #width = 1;
  #height = 0;
  /** Of the result at hand. */
  #swayed = NO_SHIFT;
  #seen = 0;
  #forgotten = 0;

  constructor(options: VehicleEventsOptions) {
    const { classes, lines, zones, leftAfterMs, stopAfterMs, maxVehicles = MAX_VEHICLES } = options;
    this.#options = options;
    this.#leftAfterMs = leftAfterMs ?? LEFT_AFTER_MS;
    this.#table = new VehicleTable(maxVehicles);
    this.#standstill = new Standstill(maxVehicles, stopAfterMs ?? STOP_AFTER_MS);
    this.#lines = new LineCrossings(lines, maxVehicles);
    this.#unseen = new UnseenPaths(this.#table, this.#lines, (line, side, slot) => this.#cross(line, side, slot));
    this.#zones = new ZoneVisits(zones, maxVehicles);
    this.#classes = classes;
    this.counts = new Int32Array(classes.length);
    this.totals = new VehicleTotals(lines, zones, classes);
  }

  /** There are more classes now. @param classes begins with those known before */
  extend(classes: readonly string[]): void {
    if (classes.length === this.#classes.length) return;
    const counts = new Int32Array(classes.length);
    counts.set(this.counts);
    this.counts = counts;
    this.#classes = classes;
    this.totals.extend(classes);
  }

  /** Vehicles that appeared so far. */
  get seen(): number {
    return this.#seen;
  }

  /** Vehicles that are followed now. */
  get size(): number {
    return this.#table.size;
  }

  /** Vehicles that had to be forgotten because there were more than `maxVehicles`. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Each zone with the vehicles in it now. */
  *occupancy(): Generator<readonly [zone: string, vehicles: number]> {
    for (const [i, { id }] of this.#options.zones.entries()) yield [id, this.#zones.occupancy[i]!];
  }

  /**
   * The next result of the camera.
   *
   * @param sceneMs of its frame; differences between two results are what counts, and time that goes back stands still
   * @returns what happened since the previous one
   */
  push(result: FrameResult, sceneMs: number): readonly VehicleEvent[] {
    const { detections, trackIds, sourceWidth, sourceHeight, swayed = NO_SHIFT } = result;
    this.#events = [];
    this.#swayed = swayed;
    this.#now += Math.max(0, sceneMs - (this.#sceneMs ?? sceneMs));
    this.#sceneMs = sceneMs;
    this.#frame++;
    this.#shape(sourceWidth, sourceHeight);
    countClasses(detections, this.counts);
    for (let i = 0; i < detections.count; i++) this.#see(trackIds[i]!, detections.data, i * STRIDE);
    for (const slot of this.#table.slots()) if (this.#isGone(slot)) this.#leave(slot);
    if (result.origin !== 'propagated') this.#unseen.looked(this.#now);
    return this.#events;
  }

  #shape(width: number, height: number): void {
    this.#width = width;
    if (height / width === this.#height) return;
    this.#height = height / width;
    this.#lines.shape(this.#height);
    this.#zones.shape(this.#height);
  }

  #see(trackId: number, data: Float32Array, at: number): void {
    const table = this.#table;
    let slot = table.slotOf(trackId);
    const isNew = slot < 0;
    if (isNew) slot = this.#admit(trackId);
    else if (table.lastFrame[slot] === this.#frame) return; // a second box with the same number: the stronger one came first
    const x1 = data[at]!;
    const y1 = data[at + 1]!;
    const x2 = data[at + 2]!;
    const y2 = data[at + 3]!;
    const box = slot * 4;
    table.boxes[box] = x1;
    table.boxes[box + 1] = y1;
    table.boxes[box + 2] = x2;
    table.boxes[box + 3] = y2;
    table.scores[slot] = data[at + 4]!;
    table.classes[slot] = data[at + 5]!;
    table.lastSeen[slot] = this.#now;
    table.lastFrame[slot] = this.#frame;
    const width = this.#width;
    const size = Math.sqrt(Math.max(0, (x2 - x1) * (y2 - y1))) / width;
    // where it stands on the road, however the camera sways: lines and zones lie in the scene
    const fromMiddleX = (x1 + x2 - width) / 2;
    const fromMiddleY = (y1 + y2 - this.#height * width) / 2;
    const right = shiftRight(this.#swayed, fromMiddleX, fromMiddleY);
    const down = shiftDown(this.#swayed, fromMiddleX, fromMiddleY);
    const middleX = ((x1 + x2) / 2 - right) / width;
    const middleY = ((y1 + y2) / 2 - down) / width;
    // a box may reach beyond the picture, zones cannot
    const x = Math.min(1, Math.max(0, middleX));
    const y = Math.min(this.#height, Math.max(0, (y2 - down) / width));
    if (isNew) this.#appear(slot, x, y, middleX, middleY, size);
    else this.#follow(slot, x, y, middleX, middleY, size);
    table.footX[slot] = x;
    table.footY[slot] = y;
    table.sizes[slot] = size;
  }

  #admit(trackId: number): number {
    if (this.#table.size === this.#table.capacity) {
      const stalest = this.#table.stalest();
      for (let zone = 0; zone < this.#options.zones.length; zone++) this.#zones.leave(zone, stalest);
      this.#table.remove(stalest);
      this.#forgotten++;
    }
    return this.#table.add(trackId);
  }

  #appear(slot: number, x: number, y: number, middleX: number, middleY: number, size: number): void {
    this.#seen++;
    this.#table.firstSeen[slot] = this.#now;
    this.#table.firstBoxes.set(this.#table.boxes.subarray(slot * 4, slot * 4 + 4), slot * 4);
    this.#standstill.begin(slot, middleX, middleY, size, this.#now);
    this.#lines.begin(slot, x, y);
    this.#unseen.begin(slot, x, y, size, this.#now);
    this.#zones.begin(slot);
    this.#events.push({ kind: 'appeared', vehicle: this.#vehicle(slot) });
    for (let zone = 0; zone < this.#options.zones.length; zone++) {
      if (this.#zones.place(zone, slot, x, y, this.#now) === 1) this.#enter(zone, slot);
    }
  }

  #follow(slot: number, x: number, y: number, middleX: number, middleY: number, size: number): void {
    const now = this.#now;
    const margin = marginOf(size);
    const { footX, footY } = this.#table;
    this.#unseen.follow(slot, x, y, margin, this.#height, now);
    for (let line = 0; line < this.#options.lines.length; line++) {
      const side = this.#lines.step(line, slot, footX[slot]!, footY[slot]!, x, y, margin);
      if (side !== 0) this.#cross(line, side, slot);
    }
    for (let zone = 0; zone < this.#options.zones.length; zone++) {
      const change = this.#zones.step(zone, slot, x, y, margin, now);
      if (change === 1) this.#enter(zone, slot);
      else if (change === -1) this.#exit(zone, slot, now);
    }
    const kind = this.#standstill.update(slot, middleX, middleY, size, now);
    if (kind !== null) {
      this.#events.push({ kind, vehicle: this.#vehicle(slot), stoodMs: this.#standstill.stoodMs(slot, now) });
    }
  }

  #isGone(slot: number): boolean {
    const { lastFrame, lastSeen } = this.#table;
    return this.#frame - lastFrame[slot]! >= LEFT_AFTER_FRAMES && this.#now - lastSeen[slot]! >= this.#leftAfterMs;
  }

  #leave(slot: number): void {
    const { firstSeen, lastSeen, firstBoxes } = this.#table;
    for (let zone = 0; zone < this.#options.zones.length; zone++) {
      if (this.#zones.leave(zone, slot)) this.#exit(zone, slot, lastSeen[slot]!);
    }
    const seenMs = lastSeen[slot]! - firstSeen[slot]!;
    this.#unseen.end(slot, marginOf(this.#table.sizes[slot]!));
    this.#events.push({ kind: 'left', vehicle: this.#vehicle(slot), seenMs, firstBox: boxAt(firstBoxes, slot) });
    this.#table.remove(slot);
  }

  /** @param beyond as `LineCrossings.step` says it */
  #cross(line: number, beyond: 1 | -1, slot: number): void {
    const side = beyond === 1 ? 'left' : 'right';
    const config = this.#options.lines[line]!;
    const total = this.totals.crossed(line, side, this.#table.classes[slot]!);
    const direction = config[side];
    this.#events.push({ kind: 'crossed', vehicle: this.#vehicle(slot), line: config.id, direction, total });
  }

  #enter(zone: number, slot: number): void {
    this.totals.entered(zone);
    const { id } = this.#options.zones[zone]!;
    const occupancy = this.#zones.occupancy[zone]!;
    this.#events.push({ kind: 'entered', vehicle: this.#vehicle(slot), zone: id, occupancy });
  }

  #exit(zone: number, slot: number, at: number): void {
    const { id } = this.#options.zones[zone]!;
    const occupancy = this.#zones.occupancy[zone]!;
    const stayedMs = this.#zones.stayedMs(zone, slot, at);
    this.#events.push({ kind: 'exited', vehicle: this.#vehicle(slot), zone: id, occupancy, stayedMs });
  }

  #vehicle(slot: number): SightedVehicle {
    const { trackIds, classes, scores, boxes } = this.#table;
    return {
      trackId: trackIds[slot]!,
      class: this.#classes[classes[slot]!]!,
      score: scores[slot]!,
      box: boxAt(boxes, slot),
    };
  }
}

function marginOf(size: number): number {
  return Math.max(MARGIN * size, LEAST_MARGIN);
}

function boxAt(boxes: Float32Array, slot: number): Box {
  const at = slot * 4;
  return [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
}
