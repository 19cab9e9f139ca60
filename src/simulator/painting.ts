import { Atlas } from './atlas.js';
import { createPlace, type PlaceOptions, type SimulatedPlace } from './layout.js';
import type { SimulatorOptions } from './options.js';
import { paintScenery } from './scenery.js';
import { Trees } from './trees.js';
import { createShapes, type Shape } from './vehicles.js';

/** All that a painting depends on: neither traffic nor the sensor. */
export type PaintingOptions = PlaceOptions & Pick<SimulatorOptions, 'trees'>;

/** Paintings that some road of this process uses, or that are not collected yet, by their options. */
const paintings = new Map<string, WeakRef<Painting>>();

/**
 * What a road looks like before anybody drives on it, and what vehicles look like there. The road takes half a second of a
 * processor, and vehicles and wind are painted when they are first seen: cameras on the same road share one.
 */
export class Painting {
  readonly place: SimulatedPlace;
  readonly shapes: readonly Shape[];
  /** RGB24 of the road without vehicles; whole once it is finished. */
  readonly background: Uint8Array;
  readonly trees: Trees;
  readonly atlas: Atlas;
  #steps: Generator<void> | null;

  /** The painting of these options that is there already, finished or not, or else a new one. */
  static of({ seed, width, height, night, rain, trees }: PaintingOptions): Painting {
    const key = [seed, width, height, night, rain, trees].join(' ');
    let painting = paintings.get(key)?.deref();
    if (painting === undefined) {
      for (const [other, ref] of paintings) if (ref.deref() === undefined) paintings.delete(other);
      painting = new Painting({ seed, width, height, night, rain, trees });
      paintings.set(key, new WeakRef(painting));
    }
    return painting;
  }

  private constructor(options: PaintingOptions) {
    this.place = createPlace(options);
    this.shapes = createShapes();
    this.background = new Uint8Array(options.width * options.height * 3);
    this.trees = new Trees(this.place, options.seed, options.trees);
    this.atlas = new Atlas(this.place, this.shapes);
    this.#steps = this.#paint(options);
  }

  /** Paints what is missing; pauses often, so that other work can go on in between. Who shares it may do so too meanwhile. */
  *finish(): Generator<void> {
    while (this.#steps !== null) {
      if (this.#steps.next().done) this.#steps = null;
      yield;
    }
  }

  *#paint({ seed, rain }: PaintingOptions): Generator<void> {
    yield* paintScenery(this.place, seed, rain, this.background);
    yield* this.trees.paint(this.background);
  }

  /** Bytes held by background and sprites. */
  get bytes(): number {
    return this.atlas.bytes + this.background.byteLength;
  }
}
