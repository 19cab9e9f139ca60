import { isTowards, type SimulatedPlace } from './layout.js';
import { Rasteriser } from './raster.js';
import { frameAt, NEAR_Z, type Sprite } from './sprite.js';
import { BUS, type Shape, TRUCK } from './vehicles.js';

/** Sprites of one shape in one lane, at growing distances; null where it is out of the picture. */
interface Series {
  readonly distances: Float64Array;
  readonly sprites: readonly (Sprite | null)[];
}

/**
 * Every shape as seen in every lane it uses, at distances some fifteen percent apart: perspective, light and shadow are
 * right, and what happens per frame is a slight shrinking.
 */
export class Atlas {
  readonly #place: SimulatedPlace;
  readonly #shapes: readonly Shape[];
  readonly #lanes: number;
  readonly #series: (Series | null)[] = [];

  constructor(place: SimulatedPlace, shapes: readonly Shape[]) {
    this.#place = place;
    this.#shapes = shapes;
    this.#lanes = place.layout.laneX.length;
  }

  /** Draws all sprites; pauses after each series, so that other work can go on in between. */
  *draw(): Generator<void> {
    const { layout, view, light, haze } = this.#place;
    const rasteriser = new Rasteriser(view, light, haze);
    for (const shape of this.#shapes) {
      const heavy = shape.classIndex === TRUCK || shape.classIndex === BUS;
      for (let lane = 0; lane < this.#lanes; lane++) {
        const used = !heavy || lane % layout.lanesPerDirection === 0;
        this.#series.push(used ? this.#drawSeries(rasteriser, shape, lane) : null);
        yield;
      }
    }
  }

  #drawSeries(rasteriser: Rasteriser, shape: Shape, lane: number): Series {
    const { layout, view, haze } = this.#place;
    const x = layout.laneX[lane]!;
    const towards = isTowards(layout, lane);
    const frame = new Float64Array(4);
    const distances: number[] = [];
    const sprites: (Sprite | null)[] = [];
    for (let z = NEAR_Z - shape.length; z < haze.end; z += Math.max(1.2, 0.17 * (z + 3))) {
      frameAt(view, shape, x, z, frame);
      const seen = frame[0]! < view.width && frame[2]! > 0 && frame[1]! < view.height;
      distances.push(z);
      sprites.push(seen ? rasteriser.draw({ shape, towards, x, z }) : null);
    }
    return { distances: Float64Array.from(distances), sprites };
  }

  /** The sprite made for the place nearest before `z`: it is never stretched, only shrunk. */
  find(shapeIndex: number, lane: number, z: number): Sprite | null {
    const series = this.#series[shapeIndex * this.#lanes + lane];
    if (series === null || series === undefined) return null;
    const { distances } = series;
    let low = 0;
    let high = distances.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (distances[middle]! <= z) low = middle;
      else high = middle - 1;
    }
    return series.sprites[low]!;
  }

  /** Bytes held by all sprites. */
  get bytes(): number {
    let sum = 0;
    for (const series of this.#series) {
      for (const s of series?.sprites ?? [])
        if (s) sum += s.texels.byteLength + s.paint.byteLength + s.spans.byteLength;
    }
    return sum;
  }
}
