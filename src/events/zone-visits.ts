import type { ZoneConfig } from '../config/config.js';
import { inside } from '../frame/polygon.js';

/**
 * Tells when vehicles enter and leave zones. A vehicle has changed once it is farther beyond the border than a margin,
 * so that a box that jitters on the border enters once. Lengths are in widths of the picture.
 */
export class ZoneVisits {
  readonly #zones: readonly ZoneConfig[];
  /** Largest margin of each zone: there must be room in a narrow one. */
  readonly #roomy: Float64Array;
  /** Per slot and zone: whether it is in, and since when. */
  readonly #in: Uint8Array;
  readonly #since: Float64Array;
  /** Vehicles in each zone now. */
  readonly occupancy: Int32Array;
  #height = 1;

  constructor(zones: readonly ZoneConfig[], capacity: number) {
    this.#zones = zones;
    this.#roomy = new Float64Array(zones.length);
    this.#in = new Uint8Array(zones.length * capacity);
    this.#since = new Float64Array(zones.length * capacity);
    this.occupancy = new Int32Array(zones.length);
  }

  /** @param height of the picture, in widths of it; before anything else, and when it changes */
  shape(height: number): void {
    this.#height = height;
    for (let zone = 0; zone < this.#zones.length; zone++) this.#roomy[zone] = this.#halfWidth(zone) / 2;
  }

  /** A slot has a new vehicle, which is in no zone yet. */
  begin(slot: number): void {
    this.#in.fill(0, slot * this.#zones.length, (slot + 1) * this.#zones.length);
  }

  /** A new vehicle is in a zone or not, without a margin. @returns 1 where it is */
  place(zone: number, slot: number, x: number, y: number, now: number): 0 | 1 {
    if (!this.#covers(zone, x, y)) return 0;
    this.#enter(zone, slot, now);
    return 1;
  }

  /** @returns 1 where the vehicle has entered the zone, -1 where it has left it, else 0 */
  step(zone: number, slot: number, x: number, y: number, margin: number, now: number): -1 | 0 | 1 {
    const was = this.#in[slot * this.#zones.length + zone] === 1;
    const is = this.#covers(zone, x, y);
    if (is === was || this.#fromBorder(zone, x, y) < Math.min(margin, this.#roomy[zone]!)) return 0;
    if (is) {
      this.#enter(zone, slot, now);
      return 1;
    }
    this.leave(zone, slot);
    return -1;
  }

  /** The vehicle is in the zone no more. @returns whether it was */
  leave(zone: number, slot: number): boolean {
    const at = slot * this.#zones.length + zone;
    if (this.#in[at] === 0) return false;
    this.#in[at] = 0;
    this.occupancy[zone]!--;
    return true;
  }

  /** ms since it entered; also right after it left. */
  stayedMs(zone: number, slot: number, now: number): number {
    return now - this.#since[slot * this.#zones.length + zone]!;
  }

  #enter(zone: number, slot: number, now: number): void {
    const at = slot * this.#zones.length + zone;
    this.#in[at] = 1;
    this.#since[at] = now;
    this.occupancy[zone]!++;
  }

  #covers(zone: number, x: number, y: number): boolean {
    return inside(this.#zones[zone]!.polygon, x, y / this.#height);
  }

  #fromBorder(zone: number, x: number, y: number): number {
    const ring = this.#zones[zone]!.polygon;
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax, ay] = [ring[j]![0], ring[j]![1] * this.#height];
      const [dx, dy] = [ring[i]![0] - ax, ring[i]![1] * this.#height - ay];
      const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
      const share = Math.min(1, Math.max(0, along));
      nearest = Math.min(nearest, Math.hypot(x - ax - share * dx, y - ay - share * dy));
    }
    return nearest;
  }

  /** Area over the way around: of a long strip, half its width. */
  #halfWidth(zone: number): number {
    const ring = this.#zones[zone]!.polygon;
    let twice = 0;
    let around = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [ax, ay] = [ring[j]![0], ring[j]![1] * this.#height];
      const [bx, by] = [ring[i]![0], ring[i]![1] * this.#height];
      twice += ax * by - bx * ay;
      around += Math.hypot(bx - ax, by - ay);
    }
    return Math.abs(twice) / 2 / around;
  }
}
