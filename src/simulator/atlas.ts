import type { Placement } from './cast.js';
import { isTowards, type SimulatedPlace } from './layout.js';
import { Rasteriser } from './raster.js';
import { frameAt, NEAR_Z, type Sprite } from './sprite.js';
import { BUS, type Shape, TRUCK } from './vehicles.js';

/** Pictures of turning vehicles that are kept: the same frame is drawn and looked at. */
const MOST_TURNED = 16;

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
  readonly #rasteriser: Rasteriser;
  /** Series of those who drive where, or in what direction, few do: drawn when the first of them comes. */
  readonly #rare = new Map<string, Series>();
  /** Of those that turn round, the latest; by shape and pose. */
  readonly #turned = new Map<string, Sprite>();

  constructor(place: SimulatedPlace, shapes: readonly Shape[]) {
    this.#place = place;
    this.#shapes = shapes;
    this.#lanes = place.layout.laneX.length;
    this.#rasteriser = new Rasteriser(place.view, place.light, place.haze);
  }

  /** Draws all sprites; pauses after each series, so that other work can go on in between. */
  *draw(): Generator<void> {
    const { layout } = this.#place;
    for (const shape of this.#shapes) {
      const heavy = shape.classIndex === TRUCK || shape.classIndex === BUS;
      for (let lane = 0; lane < this.#lanes; lane++) {
        const used = !heavy || lane % layout.lanesPerDirection === 0;
        this.#series.push(used ? this.#drawSeries(shape, lane, isTowards(layout, lane)) : null);
        yield;
      }
    }
  }

  #drawSeries(shape: Shape, lane: number, towards: boolean): Series {
    const { layout, view, haze } = this.#place;
    const x = layout.laneX[lane]!;
    const frame = new Float64Array(4);
    const distances: number[] = [];
    const sprites: (Sprite | null)[] = [];
    for (let z = NEAR_Z - shape.length; z < haze.end; z += Math.max(1.2, 0.17 * (z + 3))) {
      frameAt(view, shape, x, z, frame);
      const seen = frame[0]! < view.width && frame[2]! > 0 && frame[1]! < view.height;
      distances.push(z);
      sprites.push(seen ? this.#rasteriser.draw({ shape, towards, x, z }) : null);
    }
    return { distances: Float64Array.from(distances), sprites };
  }

  /** The sprite made for the place nearest before `z`: it is never stretched, only shrunk. */
  find(shapeIndex: number, lane: number, z: number, towards: boolean): Sprite | null {
    const { distances, sprites } = this.#seriesOf(shapeIndex, lane, towards);
    let low = 0;
    let high = distances.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (distances[middle]! <= z) low = middle;
      else high = middle - 1;
    }
    return sprites[low]!;
  }

  /** A vehicle that turns round, at its very place. */
  turned(place: Placement): Sprite {
    const { x, z, turn, towards } = place;
    const key = `${this.#shapes.indexOf(place.shape)} ${x} ${z} ${turn} ${towards}`;
    let sprite = this.#turned.get(key);
    if (sprite === undefined) {
      sprite = this.#rasteriser.draw(place);
      this.#turned.set(key, sprite);
      if (this.#turned.size > MOST_TURNED) this.#turned.delete(this.#turned.keys().next().value!);
    }
    return sprite;
  }

  #seriesOf(shapeIndex: number, lane: number, towards: boolean): Series {
    const usual = this.#series[shapeIndex * this.#lanes + lane];
    if (usual && towards === isTowards(this.#place.layout, lane)) return usual;
    const key = `${shapeIndex} ${lane} ${towards}`;
    let series = this.#rare.get(key);
    if (series === undefined) {
      series = this.#drawSeries(this.#shapes[shapeIndex]!, lane, towards);
      this.#rare.set(key, series);
    }
    return series;
  }

  /** Bytes held by all sprites. */
  get bytes(): number {
    let sum = 0;
    for (const series of [...this.#series, ...this.#rare.values()]) {
      for (const s of series?.sprites ?? [])
        if (s) sum += s.texels.byteLength + s.paint.byteLength + s.spans.byteLength;
    }
    return sum;
  }
}
