import { CELLS } from '../scene/grid.js';
import { descriptorDistance } from '../scene/scene-descriptor.js';
import { PAGE_SCENES, ScenePage } from './scene-page.js';

/** Sum of |differences| of descriptors beyond which two scenes are not compared block by block: 4 steps per cell. */
const FARTHEST = 4 * CELLS;

/** Being useful is written down when it is so much later, ms: a page costs 10 kB of flash. */
const USEFUL_STEP = 600_000;

/** The scenes of a camera by what they look like from afar. Places are numbered from 0. */
export class SceneIndex {
  readonly pages: ScenePage[] = [];
  readonly #maxScenes: number;
  readonly #nearest: Int32Array;
  readonly #distances: Float64Array;
  #count = 0;
  #lastId = 0;

  /** @param candidates how many neighbours `nearest` gives at most */
  constructor(maxScenes: number, candidates: number) {
    this.#maxScenes = maxScenes;
    this.#nearest = new Int32Array(candidates);
    this.#distances = new Float64Array(candidates);
  }

  get count(): number {
    return this.#count;
  }

  /** A page as it was stored, the next in order. Places beyond the most are free. */
  adopt(page: ScenePage): void {
    const first = this.pages.length * PAGE_SCENES;
    for (let place = 0; place < PAGE_SCENES; place++) {
      if (first + place >= this.#maxScenes) page.ids[place] = 0;
      const id = page.ids[place]!;
      if (id !== 0) this.#count++;
      if (id > this.#lastId) this.#lastId = id;
    }
    this.pages.push(page);
  }

  idAt(place: number): number {
    return this.#page(place).ids[place % PAGE_SCENES]!;
  }

  /** Place of a scene, -1 where it is gone. */
  find(id: number): number {
    for (let p = 0; p < this.pages.length; p++) {
      const at = this.pages[p]!.ids.indexOf(id);
      if (at >= 0) return p * PAGE_SCENES + at;
    }
    return -1;
  }

  /**
   * Places of the scenes most like a descriptor, in light at most one level away, nearest first. Valid until the next
   * call; `distanceOf(k)` belongs to the k-th.
   */
  nearest(descriptor: Uint8Array, level: number): Int32Array {
    const found = this.#nearest;
    const distances = this.#distances;
    let count = 0;
    for (let p = 0; p < this.pages.length; p++) {
      const { ids, levels, descriptors } = this.pages[p]!;
      for (let k = 0; k < PAGE_SCENES; k++) {
        if (ids[k] === 0 || Math.abs(levels[k]! - level) > 1) continue;
        const limit = count < found.length ? FARTHEST : distances[count - 1]!;
        const distance = descriptorDistance(descriptors, k * CELLS, descriptor, limit);
        if (distance > FARTHEST || (count === found.length && distance >= limit)) continue;
        let at = count < found.length ? count++ : count - 1;
        for (; at > 0 && distances[at - 1]! > distance; at--) {
          distances[at] = distances[at - 1]!;
          found[at] = found[at - 1]!;
        }
        distances[at] = distance;
        found[at] = p * PAGE_SCENES + k;
      }
    }
    return found.subarray(0, count);
  }

  /** Steps per cell, of the k-th of `nearest`. */
  distanceOf(k: number): number {
    return this.#distances[k]! / CELLS;
  }

  /** A free place, or that of the scene that was useful longest ago; the latter is then free. */
  makeRoom(): number {
    let oldest = -1;
    let oldestAt = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#maxScenes; place++) {
      if (place === this.pages.length * PAGE_SCENES) this.pages.push(new ScenePage());
      const page = this.#page(place);
      const k = place % PAGE_SCENES;
      if (page.ids[k] === 0) return place;
      if (page.usefulAt[k]! < oldestAt) {
        oldestAt = page.usefulAt[k]!;
        oldest = place;
      }
    }
    this.free(oldest);
    return oldest;
  }

  /** Puts a scene in a place; gives its id. */
  put(place: number, descriptor: Uint8Array, level: number, at: number): number {
    const page = this.#page(place);
    const k = place % PAGE_SCENES;
    if (page.ids[k] === 0) this.#count++;
    page.ids[k] = ++this.#lastId;
    page.usefulAt[k] = at;
    page.levels[k] = level;
    page.descriptors.set(descriptor, k * CELLS);
    page.changed = true;
    return this.#lastId;
  }

  free(place: number): void {
    const page = this.#page(place);
    if (page.ids[place % PAGE_SCENES] === 0) return;
    page.ids[place % PAGE_SCENES] = 0;
    page.changed = true;
    this.#count--;
  }

  useful(place: number, at: number): void {
    const page = this.#page(place);
    const k = place % PAGE_SCENES;
    if (at - page.usefulAt[k]! < USEFUL_STEP) return;
    page.usefulAt[k] = at;
    page.changed = true;
  }

  #page(place: number): ScenePage {
    return this.pages[Math.floor(place / PAGE_SCENES)]!;
  }
}
