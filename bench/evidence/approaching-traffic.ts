import { inRgb } from '../../src/frame/camera-pixels.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { kernels } from '../../src/kernels/kernels.js';
import { type YuvFormat, yuvBytes } from '../../src/kernels/yuv-colour.js';
import { seeded } from '../../test/seeded.js';

const FPS = 25;
/** Metres at which a vehicle is first seen, and at which it is gone. */
const [FAR, NEAR] = [70, 5];
/** Share of the picture's width that a vehicle takes at the nearest. */
const WIDEST = 0.34;
/** Height of a box by its width. */
const HEIGHT = 0.75;
/** How many there are. */
const PICTURES = 4;

/** Pictures shown in turn. */
export interface ShownPictures {
  /** px */
  readonly width: number;
  readonly height: number;
  /** As cameras bring them; unset: RGB24, as programs that push frames do. */
  readonly yuv?: YuvFormat | undefined;
  readonly pictures: readonly Uint8Array[];
}

/** Pictures of noise: what they show changes nothing in what it costs to look. @param width px @param height px */
export function noisyPictures(width: number, height: number, yuv?: YuvFormat): ShownPictures {
  const bytes = yuv === undefined ? width * height * 3 : yuvBytes(width, height);
  const pictures = Array.from({ length: PICTURES }, (_, seed) => {
    const random = seeded(seed);
    const data = roomFor(bytes, yuv !== undefined);
    for (let at = 0; at < data.length; at++) data[at] = random() * 256;
    return data;
  });
  return { width, height, yuv, pictures };
}

/** The same pictures in RGB24. */
export function rgbPictures({ width, height, yuv, pictures }: ShownPictures): ShownPictures {
  return { width, height, pictures: pictures.map((data) => Buffer.from(inRgb({ width, height, yuv, data }).data)) };
}

/** As the pools of cameras have it. @param isCamera in the memory of the kernels, where there is one */
function roomFor(bytes: number, isCamera: boolean): Uint8Array {
  const inKernels = isCamera ? kernels().compiled?.memory.allocate(bytes) : null;
  return inKernels ?? Buffer.allocUnsafeSlow(bytes);
}

interface Vehicle {
  id: number;
  /** m */
  distance: number;
  /** m/s */
  readonly speed: number;
  /** 0..1, across the picture. */
  readonly lane: number;
}

/**
 * So many vehicles that come nearer at different speeds, each followed by another with a new number: boxes grow all the time, which
 * is what makes their pictures better, and nearer ones hide those behind. Every frame is inferred.
 */
export class ApproachingTraffic {
  readonly #width: number;
  readonly #height: number;
  readonly #yuv: YuvFormat | undefined;
  readonly #pictures: readonly Uint8Array[];
  readonly #vehicles: Vehicle[];
  #nextId: number;
  #seq = 0;

  constructor(vehicles: number, { width, height, yuv, pictures }: ShownPictures) {
    this.#yuv = yuv;
    [this.#width, this.#height] = [width, height];
    const random = seeded(vehicles);
    this.#nextId = vehicles;
    this.#vehicles = Array.from({ length: vehicles }, (_, id) => ({
      id,
      distance: NEAR + random() * (FAR - NEAR),
      speed: 5 + random() * 15,
      lane: random(),
    }));
    this.#pictures = pictures;
  }

  /** The next frame with its answer. */
  next(): [Frame, FrameResult] {
    const seq = this.#seq++;
    const [width, height] = [this.#width, this.#height];
    const sceneMs = (seq * 1000) / FPS;
    const common = { camera: 'road', seq, capturedAt: 1_764_000_000_000 + sceneMs, sceneMs };
    const size = { sourceWidth: width, sourceHeight: height };
    const data = this.#pictures[seq % PICTURES]!;
    const picture = { width, height, yuv: this.#yuv, data };
    const frame: Frame = { ...common, ...size, ...picture, arrivedAt: sceneMs, damaged: false, release() {} };
    const answer = { origin: 'inferred', ageMs: 0, confidence: 1, latencyMs: 1 } as const;
    const model = { model: 'roadside-n', variant: 'int8', provider: 'cpu' } as const;
    return [frame, { ...common, ...size, ...answer, ...model, ...this.#boxes() }];
  }

  /** The number of a vehicle that is there, and its box. */
  get one(): { readonly id: number; readonly box: [number, number, number, number] } {
    const nearest = this.#vehicles.reduce((a, b) => (a.distance < b.distance ? a : b));
    return { id: nearest.id, box: this.#boxOf(nearest) };
  }

  #boxes(): Pick<FrameResult, 'detections' | 'trackIds'> {
    const data = new Float32Array(this.#vehicles.length * STRIDE);
    for (const [row, vehicle] of this.#vehicles.entries()) {
      vehicle.distance -= vehicle.speed / FPS;
      if (vehicle.distance < NEAR) [vehicle.distance, vehicle.id] = [FAR, this.#nextId++];
      data.set([...this.#boxOf(vehicle), 0.9, 0], row * STRIDE);
    }
    const trackIds = Int32Array.from(this.#vehicles, ({ id }) => id);
    return { detections: { count: this.#vehicles.length, data }, trackIds };
  }

  #boxOf({ distance, lane }: Vehicle): [number, number, number, number] {
    const wide = (WIDEST * this.#width * NEAR) / distance;
    const left = lane * (this.#width - wide);
    const bottom = Math.min(this.#height, this.#height * (0.3 + (0.7 * NEAR * 1.05) / distance));
    return [left, bottom - wide * HEIGHT, left + wide, bottom];
  }
}
