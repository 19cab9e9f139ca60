import type { Polygon } from '../../config/config.js';
import type { Box } from '../../frame/box.js';
import { inside } from '../../frame/polygon.js';
import type { SightedVehicle } from '../vehicle-events.js';
import { BodyHeights } from './body-heights.js';
import { nearEnd } from './near-end.js';
import { RoadSlants } from './road-slants.js';
import type { PathStep } from './vehicle-path.js';
import type { Sighting, WatchedVehicle } from './watched-vehicle.js';

/** Where on the near end of a vehicle it is asked for, from its middle: its corners are often beside the vehicle. */
const END_SHARES = [-0.3, -0.15, 0, 0.15, 0.3];

/** The road as one camera sees it: where a box is on it at the moment, and what those who drive there teach of it. */
export class RoadView {
  readonly #bodies = new BodyHeights();
  readonly #slants = new RoadSlants();
  #sceneMs: number | null = null;
  #now = 0;
  #toUnix = 0;
  #width = 1;
  #height = 1;

  /**
   * The next answer.
   *
   * @param sceneMs of its frame; time that goes back stands still
   * @param capturedAt Unix ms
   * @param width, height of its picture, pixels
   */
  begin(sceneMs: number, capturedAt: number, width: number, height: number): void {
    this.#now += Math.max(0, sceneMs - (this.#sceneMs ?? sceneMs));
    this.#sceneMs = sceneMs;
    this.#toUnix = capturedAt - this.#now;
    this.#width = width;
    this.#height = height / width;
  }

  /** ms on the scene's clock. */
  get now(): number {
    return this.#now;
  }

  /** Width of the picture, pixels. */
  get width(): number {
    return this.#width;
  }

  /** Height of the picture in widths of it. */
  get height(): number {
    return this.#height;
  }

  /** Unix ms of a moment on the scene's clock. */
  unix(at: number): number {
    return at + this.#toUnix;
  }

  /** A vehicle as the rules look at it. @param confidence expected accuracy of the answer, 0..1 */
  sighting(box: Box, confidence: number): Sighting {
    const [x1, y1, x2, y2] = box;
    const size = Math.sqrt(Math.max(1, (x2 - x1) * (y2 - y1))) / this.#width;
    const [x, y] = this.#foot(box);
    const at = { x: Math.min(1, Math.max(0, x)), y: Math.min(this.#height, Math.max(0, y2 / this.#width)) };
    const isCut = isAtEdge(x1 / this.#width, y) || isAtEdge(x2 / this.#width, y);
    return { box, step: { at: this.#now, ...at, size }, isCut, confidence };
  }

  /** Learns from an inference of a vehicle: its class, how tall it is beside the cars there, how the road is slanted where it drives. */
  learn(vehicle: WatchedVehicle, { class: name, score, box }: SightedVehicle): void {
    vehicle.votes.add(name, score);
    if (vehicle.isCut) return;
    const [x, y] = this.#foot(box);
    const height = box[3] - box[1];
    const slant = vehicle.path.drivenSlant;
    if (slant !== null && vehicle.path.hasMoved) this.#slants.learn(x, y, slant);
    const times = this.#bodies.ratio(y, height);
    const strip = BodyHeights.stripOf(y);
    if (name === 'car' && strip !== vehicle.measuredIn) {
      vehicle.measuredIn = strip;
      this.#bodies.learn(y, height);
    }
    if (times !== null) vehicle.tallness.add(times, height);
  }

  /** Whether the near end of a vehicle is in a zone. */
  isIn(polygon: Polygon, vehicle: WatchedVehicle, box: Box): boolean {
    const { x, y } = nearEnd(box, this.#slantOf(vehicle, box));
    return this.#covers(polygon, x, y);
  }

  /** Share of the middle of a vehicle's near end that is in a zone. */
  shareIn(polygon: Polygon, vehicle: WatchedVehicle, box: Box): number {
    const { x, y, width } = nearEnd(box, this.#slantOf(vehicle, box));
    return END_SHARES.filter((share) => this.#covers(polygon, x + share * width, y)).length / END_SHARES.length;
  }

  /** Whether a place of a path is where boxes are cut off. */
  isAtEdge({ x, y }: PathStep): boolean {
    return isAtEdge(x, y / this.#height);
  }

  /** As the road is slanted there; where nobody knows, as the vehicle itself drove. */
  #slantOf({ path }: WatchedVehicle, box: Box): number | null {
    return this.#slants.at(...this.#foot(box)) ?? path.slant;
  }

  /** Middle of a box's lower edge, in shares of the picture. */
  #foot([x1, , x2, y2]: Box): [x: number, y: number] {
    return [(x1 + x2) / 2 / this.#width, y2 / this.#width / this.#height];
  }

  /** @param x, y pixels */
  #covers(polygon: Polygon, x: number, y: number): boolean {
    return inside(polygon, x / this.#width, Math.min(1, y / this.#width / this.#height));
  }
}

/** Whether a place, in shares of the picture, is where boxes are cut off. */
function isAtEdge(x: number, y: number): boolean {
  return x < 0.02 || x > 0.98 || y > 0.97;
}
