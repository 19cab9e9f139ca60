import { setImmediate } from 'node:timers/promises';
import type { DrivenVehicle } from './driven-vehicle.js';
import type { Layout } from './layout.js';
import type { TrueAct } from './manoeuvres.js';
import type { SimulatorOptions } from './options.js';
import { Painting } from './painting.js';
import type { Signal } from './signal-cycle.js';
import { blit, frameAt, SOLID, type Sprite } from './sprite.js';
import { Traffic } from './traffic.js';
import { drawRain, Sensor } from './weather.js';

/** What is really there in a frame, nearest vehicle first. */
export interface Truth {
  readonly count: number;
  /** 6 per row: x1, y1, x2, y2 (pixels, cut off at the picture's edge, hidden parts included), score 1, class index. */
  readonly data: Float32Array;
  /** One per row; a vehicle keeps its number while it is on the road. */
  readonly ids: Int32Array;
  /** One per row: share of the vehicle's own pixels that is inside the picture and not behind a nearer vehicle, 0..1. */
  readonly visible: Float32Array;
  /** Two per row: the middle of the vehicle across the road and its nearest end along it, metres. */
  readonly ground: Float32Array;
  /**
   * One per row: what the vehicle did so far that others may not; empty for most. Without the options for it there are only red-light
   * acts of those who could not stop any more when it turned red.
   */
  readonly acts: readonly (readonly TrueAct[])[];
}

/** Vehicles of which less than this, or fewer pixels, can be seen are not in the truth. */
const LEAST_VISIBLE = 0.05;
const LEAST_PIXELS = 8;

/** Where a vehicle's sprite goes in the frame at hand. */
interface Drawing {
  vehicle: DrivenVehicle;
  z: number;
  sprite: Sprite;
  left: number;
  top: number;
  scaleX: number;
  scaleY: number;
}

/**
 * A simulated road under a fixed camera. Each frame is a function of the options and its index alone; frames in order
 * are cheap, going back replays at most four minutes of traffic (without drawing).
 */
export class Road {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly #options: SimulatorOptions;
  readonly #painting: Painting;
  readonly #sensor: Sensor;
  /** Drawing and truth each have their own traffic, so that asking for the truth of a late frame rewinds nothing. */
  readonly #drawn: Traffic;
  readonly #known: Traffic;
  readonly #drawings: Drawing[] = [];
  readonly #frame = new Float64Array(4);
  #owners: Int16Array | null = null;

  /**
   * Paints the scenery, where no other road of this process has: half a second; `Road.open` does it without holding up
   * the event loop. Vehicles are painted when the first is seen where they are.
   *
   * @param paint false leaves the road unpainted: for `Road.open`
   */
  constructor(options: SimulatorOptions, paint = true) {
    const { width, height, seed } = options;
    this.width = width;
    this.height = height;
    this.fps = options.fps;
    this.#options = options;
    this.#painting = Painting.of(options);
    const { layout, haze } = this.#painting.place;
    const { shapes } = this.#painting;
    this.#sensor = new Sensor(seed, options.noise, options.drift, options.night);
    this.#drawn = new Traffic(layout, shapes, options, haze.end);
    this.#known = new Traffic(layout, shapes, options, haze.end);
    if (paint) for (const _ of this.#painting.finish());
  }

  /** A road painted step by step, so that the event loop is not held up; null if `signal` came first. */
  static async open(options: SimulatorOptions, signal: AbortSignal): Promise<Road | null> {
    const road = new Road(options, false);
    for (const _ of road.#painting.finish()) {
      await setImmediate();
      if (signal.aborted) return null;
    }
    return road;
  }

  /** Milliseconds on the scene's clock at a frame. */
  sceneMs(index: number): number {
    return (index * 1000) / this.fps;
  }

  /**
   * Draws a frame as RGB24.
   *
   * @param out at least `width * height * 3` bytes
   */
  render(index: number, out: Uint8Array): void {
    const { width, height } = this;
    const { seed, rain } = this.#options;
    const bytes = width * height * 3;
    if (out.length < bytes) throw new RangeError(`expected a buffer of ${bytes} bytes, got ${out.length}`);
    const sceneMs = this.sceneMs(index);
    out.set(this.#painting.background);
    this.#painting.trees.draw(sceneMs, out);
    const count = this.#arrange(this.#drawn, sceneMs);
    for (let i = count - 1; i >= 0; i--) {
      const d = this.#drawings[i]!;
      const [r, g, b] = d.vehicle.colour;
      blit(out, width, height, d.sprite, d.left, d.top, d.scaleX, d.scaleY, r, g, b);
    }
    if (rain > 0) drawRain(out, width, height, rain, index, seed, this.#painting.place.light.sky);
    this.#sensor.expose(index, sceneMs, out, bytes);
  }

  /** The vehicles that can be seen in a frame. */
  truth(index: number): Truth {
    const count = this.#arrange(this.#known, this.sceneMs(index));
    const visible = this.#countVisible(count);
    const data = new Float32Array(count * 6);
    const ids = new Int32Array(count);
    const shares = new Float32Array(count);
    const ground = new Float32Array(count * 2);
    const acts: (readonly TrueAct[])[] = [];
    let rows = 0;
    for (let i = 0; i < count; i++) {
      const { vehicle, sprite, left, top, scaleX, scaleY } = this.#drawings[i]!;
      const share = Math.min(1, visible[i]! / (sprite.area * scaleX * scaleY));
      if (visible[i]! < LEAST_PIXELS || share < LEAST_VISIBLE) continue;
      const { tight } = sprite;
      const o = rows * 6;
      data[o] = Math.max(0, left + (tight.x1 - sprite.left) * scaleX);
      data[o + 1] = Math.max(0, top + (tight.y1 - sprite.top) * scaleY);
      data[o + 2] = Math.min(this.width, left + (tight.x2 - sprite.left) * scaleX);
      data[o + 3] = Math.min(this.height, top + (tight.y2 - sprite.top) * scaleY);
      data[o + 4] = 1;
      data[o + 5] = vehicle.shape.classIndex;
      ids[rows] = vehicle.id;
      ground[rows * 2] = this.#known.acrossX(vehicle);
      ground[rows * 2 + 1] = this.#known.nearZ(vehicle);
      acts.push(vehicle.acts);
      shares[rows++] = share;
    }
    return {
      count: rows,
      data: data.subarray(0, rows * 6),
      ids: ids.subarray(0, rows),
      visible: shares.subarray(0, rows),
      ground: ground.subarray(0, rows * 2),
      acts,
    };
  }

  /** What the signal shows in a frame; null where there is none. */
  signal(index: number): Signal | null {
    this.#known.seek(this.sceneMs(index));
    return this.#known.signal();
  }

  /** Lanes, edges and stop lines, for whoever draws lines and zones on them. */
  get layout(): Layout {
    return this.#painting.place.layout;
  }

  /** Where a point of the road, in metres across and along it, is in the picture, as shares of it. */
  pictureOf(x: number, z: number): [x: number, y: number] {
    const { view } = this.#painting.place;
    view.project(x, 0, z);
    return [view.px / this.width, view.py / this.height];
  }

  /** Bytes held by background and sprites, which grow more. */
  get bytes(): number {
    return this.#painting.bytes;
  }

  /** Fills `#drawings` with the vehicles of a moment, nearest first; answers how many. */
  #arrange(traffic: Traffic, sceneMs: number): number {
    traffic.seek(sceneMs);
    const { view } = this.#painting.place;
    const frame = this.#frame;
    let count = 0;
    for (const vehicle of traffic.vehicles) {
      const [x, z] = [traffic.acrossX(vehicle), traffic.nearZ(vehicle)];
      const [towards, turn] = [traffic.comesTowards(vehicle), traffic.turnOf(vehicle)];
      const sprite =
        turn === 0
          ? this.#painting.atlas.find(vehicle.shapeIndex, vehicle.lane, z, towards)
          : this.#painting.atlas.turned({ shape: vehicle.shape, towards, x, z, turn });
      if (sprite === null) continue;
      frameAt(view, vehicle.shape, x, z, frame, turn);
      const from = sprite.frame;
      const scaleX = (frame[2]! - frame[0]!) / (from.x2 - from.x1);
      const scaleY = (frame[3]! - frame[1]!) / (from.y2 - from.y1);
      const d = (this.#drawings[count] ??= { vehicle, z, sprite, left: 0, top: 0, scaleX, scaleY });
      d.vehicle = vehicle;
      d.z = z;
      d.sprite = sprite;
      d.left = frame[0]! + (sprite.left - from.x1) * scaleX;
      d.top = frame[1]! + (sprite.top - from.y1) * scaleY;
      d.scaleX = scaleX;
      d.scaleY = scaleY;
      // Insertion keeps the nearest first; few vehicles, almost in order.
      for (let i = count++; i > 0 && this.#drawings[i - 1]!.z > z; i--) {
        this.#drawings[i] = this.#drawings[i - 1]!;
        this.#drawings[i - 1] = d;
      }
    }
    return count;
  }

  /** Pixels of the picture that belong to each drawing: far ones first, nearer ones over them. */
  #countVisible(count: number): Uint32Array {
    const { width, height } = this;
    const owners = (this.#owners ??= new Int16Array(width * height));
    owners.fill(0);
    for (let i = count - 1; i >= 0; i--) own(owners, width, height, this.#drawings[i]!, i + 1);
    const visible = new Uint32Array(count);
    for (let p = 0; p < owners.length; p++) if (owners[p] !== 0) visible[owners[p]! - 1]!++;
    return visible;
  }
}

/** Marks the pixels that a drawing covers. */
function own(owners: Int16Array, width: number, height: number, drawing: Drawing, mark: number): void {
  const { sprite, left, top, scaleX, scaleY } = drawing;
  const firstY = Math.max(0, Math.floor(top));
  const lastY = Math.min(height, Math.ceil(top + sprite.height * scaleY));
  const firstX = Math.max(0, Math.floor(left));
  const lastX = Math.min(width, Math.ceil(left + sprite.width * scaleX));
  for (let y = firstY; y < lastY; y++) {
    const v = Math.floor((y + 0.5 - top) / scaleY);
    if (v < 0 || v >= sprite.height) continue;
    for (let x = firstX; x < lastX; x++) {
      const u = Math.floor((x + 0.5 - left) / scaleX);
      if (u < 0 || u >= sprite.width) continue;
      if (sprite.texels[v * sprite.width + u]! >>> 24 >= SOLID) owners[y * width + x] = mark;
    }
  }
}
