import { STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import { lightOf, type PictureLight, type Rgb } from '../../media/picture-light.js';

/** The newest picture with what was found in it. */
export interface AimedPicture extends Rgb {
  /** x1, y1, x2, y2 in pixels of this picture. */
  readonly boxes: readonly (readonly [number, number, number, number])[];
  /** Pixels of the camera's own picture in one of this. */
  readonly scale: number;
  readonly light: PictureLight;
}

/** Over which vehicles a minute are counted, in ms of the scene. */
const COUNTED_MS = 60_000;
/** ms of the scene after which a number says something. */
const LEAST_MS = 5000;
/** ms of the scene in which vehicles are found that were there before. */
const SETTLING_MS = 1000;

/** Follows one camera while somebody aims it: the newest picture a few times a second, and what was found so far. */
export class AimWatch implements FrameTap {
  readonly #everyMs: number;
  #takenAt = Number.NEGATIVE_INFINITY;
  #picture: AimedPicture | null = null;
  #bestSharpness: number | null = null;
  #smallestFound: number | null = null;
  /** Scene's ms at which each vehicle of the last minute was seen last, at which they came, and since when and until when. */
  readonly #lastSeen = new Map<number, number>();
  #came: number[] = [];
  #beganMs: number | null = null;
  #nowMs = 0;

  /** @param everyMs pause between two pictures that are looked at closely */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  get picture(): AimedPicture | null {
    return this.#picture;
  }

  /** The best `sharpness` so far; null before a picture with any texture. */
  get bestSharpness(): number | null {
    return this.#bestSharpness;
  }

  /** Square root of the area of the smallest box so far, in pixels of the camera's own picture; null before the first. */
  get smallestFound(): number | null {
    return this.#smallestFound;
  }

  /** Vehicles that came into the picture, a minute, over the last one; null before some seconds have passed. */
  get vehiclesPerMinute(): number | null {
    const overMs = Math.min(COUNTED_MS, this.#nowMs - (this.#beganMs ?? this.#nowMs) - SETTLING_MS);
    return overMs < LEAST_MS ? null : (this.#came.length * COUNTED_MS) / overMs;
  }

  /** Every answer, also those whose picture is not looked at. */
  answered({ trackIds, detections, sceneMs }: FrameResult): void {
    this.#beganMs ??= sceneMs;
    this.#nowMs = sceneMs;
    for (const id of trackIds.subarray(0, detections.count)) {
      if (!this.#lastSeen.has(id)) this.#came.push(sceneMs);
      this.#lastSeen.set(id, sceneMs);
    }
    for (const [id, last] of this.#lastSeen) if (sceneMs - last > COUNTED_MS) this.#lastSeen.delete(id);
    // those of the first moments did not come, they were there
    const since = Math.max(this.#beganMs + SETTLING_MS, sceneMs - COUNTED_MS);
    this.#came = this.#came.filter((at) => at > since);
  }

  wants(): boolean {
    return performance.now() - this.#takenAt >= this.#everyMs;
  }

  take(frame: Frame, { detections, sourceWidth }: FrameResult): void {
    this.#takenAt = performance.now();
    const { width, height } = frame;
    const scale = sourceWidth / width;
    const data = Uint8Array.from(frame.data);
    frame.release();
    const boxes = Array.from({ length: detections.count }, (_, row) => {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = detections.data.subarray(row * STRIDE, row * STRIDE + 4);
      return [x1 / scale, y1 / scale, x2 / scale, y2 / scale] as const;
    });
    const light = lightOf({ width, height, data });
    this.#picture = { width, height, data, boxes, scale, light };
    const { sharpness } = light;
    if (sharpness !== null) this.#bestSharpness = Math.max(sharpness, this.#bestSharpness ?? 0);
    for (const [x1, y1, x2, y2] of boxes) {
      const side = Math.sqrt((x2 - x1) * (y2 - y1)) * scale;
      this.#smallestFound = Math.min(side, this.#smallestFound ?? side);
    }
  }
}
