import type { Placement } from './cast.js';
import type { SimulatedPlace } from './layout.js';
import { Rasteriser } from './raster.js';
import { frameAt, NEAR_Z, type Sprite } from './sprite.js';
import type { Shape } from './vehicles.js';

/** Pictures of turning vehicles that are kept: the same frame is drawn and looked at. */
const MOST_TURNED = 16;

/** Sprites of one shape in one lane and direction, at growing distances. */
interface Series {
  readonly shape: Shape;
  readonly x: number;
  readonly towards: boolean;
  readonly distances: Float64Array;
  /** null where it is out of the picture, undefined where nobody was seen yet. */
  readonly sprites: (Sprite | null | undefined)[];
}

/**
 * Every shape as seen in every lane, at distances some fifteen percent apart: perspective, light and shadow are right, and
 * what happens per frame is a slight shrinking. Each is drawn when the first vehicle comes by there: some milliseconds,
 * where all of them take seconds, and most cameras never see most of them.
 */
export class Atlas {
  readonly #place: SimulatedPlace;
  readonly #shapes: readonly Shape[];
  readonly #rasteriser: Rasteriser;
  /** By shape, lane and direction. */
  readonly #series = new Map<string, Series>();
  /** Of those that turn round, the latest; by shape and pose. */
  readonly #turned = new Map<string, Sprite>();
  readonly #frame = new Float64Array(4);

  constructor(place: SimulatedPlace, shapes: readonly Shape[]) {
    this.#place = place;
    this.#shapes = shapes;
    this.#rasteriser = new Rasteriser(place.view, place.light, place.haze);
  }

  /** The sprite made for the place nearest before `z`: it is never stretched, only shrunk. */
  find(shapeIndex: number, lane: number, z: number, towards: boolean): Sprite | null {
    const series = this.#seriesOf(shapeIndex, lane, towards);
    const { distances, sprites } = series;
    let low = 0;
    let high = distances.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (distances[middle]! <= z) low = middle;
      else high = middle - 1;
    }
    const sprite = sprites[low];
    return sprite === undefined ? (sprites[low] = this.#draw(series, distances[low]!)) : sprite;
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
    const key = `${shapeIndex} ${lane} ${towards}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const distances = this.#distancesOf(this.#shapes[shapeIndex]!);
      series = {
        shape: this.#shapes[shapeIndex]!,
        x: this.#place.layout.laneX[lane]!,
        towards,
        distances,
        sprites: new Array(distances.length),
      };
      this.#series.set(key, series);
    }
    return series;
  }

  #distancesOf(shape: Shape): Float64Array {
    const distances: number[] = [];
    for (let z = NEAR_Z - shape.length; z < this.#place.haze.end; z += Math.max(1.2, 0.17 * (z + 3))) distances.push(z);
    return Float64Array.from(distances);
  }

  #draw({ shape, x, towards }: Series, z: number): Sprite | null {
    const { view } = this.#place;
    const frame = this.#frame;
    frameAt(view, shape, x, z, frame);
    const seen = frame[0]! < view.width && frame[2]! > 0 && frame[1]! < view.height;
    return seen ? this.#rasteriser.draw({ shape, towards, x, z }) : null;
  }

  /** Bytes held by the sprites drawn so far. */
  get bytes(): number {
    let sum = 0;
    for (const { sprites } of this.#series.values()) {
      for (const s of sprites) if (s) sum += s.texels.byteLength + s.paint.byteLength + s.spans.byteLength;
    }
    return sum;
  }
}
