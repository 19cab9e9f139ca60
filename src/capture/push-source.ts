import { EdgeError } from '../foundation/errors.js';
import type { Frame } from '../frame/frame.js';
import { checkRgbPicture } from '../frame/rgb-picture.js';
import { FramePool } from './frame-pool.js';
import { FrameQueue } from './frame-queue.js';
import { FrameRate } from './frame-rate.js';
import { PooledFrame } from './pooled-frame.js';
import type { Source, SourceHealth, SourceState } from './source.js';

/** A picture that a program hands in: RGB24, rows top to bottom. */
export interface PushedPicture {
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes; copied, so that they may be used again at once. */
  readonly data: Uint8Array;
  /** Unix ms when it was taken; default now. */
  readonly capturedAt?: number;
}

/** Unix ms of the last moment that a `Date` can say. */
const LAST_DATE = 8.64e15;
/** Frames that the rest of the program holds at a time besides those in the queue. */
const FRAMES_IN_USE = 6;

/** The camera of a program: its frames are handed in one by one, and the oldest waiting one gives way to a new one. */
export class PushSource implements Source {
  readonly camera: string;
  readonly label = 'handed in by the program';
  readonly pid = null;
  readonly #queue: FrameQueue;
  readonly #pool: FramePool;
  readonly #rate = new FrameRate();
  #state: SourceState = 'idle';
  #seq = 0;
  #lastFrameAt: number | null = null;
  #size = '';
  #resolutionChanges = 0;

  /** @param queueFrames pictures that may wait, >= 1 */
  constructor(camera: string, queueFrames: number) {
    this.camera = camera;
    this.#queue = new FrameQueue(queueFrames, 'drop-oldest');
    this.#pool = new FramePool(queueFrames + FRAMES_IN_USE);
  }

  /**
   * Hands a picture in.
   *
   * @throws TypeError or RangeError as `checkPushed`; EdgeError E_SOURCE after the end
   */
  push(picture: PushedPicture): void {
    checkPushed(picture);
    const { width, height, data, capturedAt = Date.now() } = picture;
    if (this.#state === 'stopped') throw new EdgeError('E_SOURCE', `camera ${this.camera} was stopped`);
    const pixels = this.#pool.take(data.byteLength);
    pixels.set(data);
    const arrivedAt = performance.now();
    const size = `${width}x${height}`;
    if (this.#size !== '' && this.#size !== size) this.#resolutionChanges++;
    this.#size = size;
    this.#state = 'streaming';
    this.#lastFrameAt = capturedAt;
    this.#rate.add(arrivedAt);
    const frame = {
      camera: this.camera,
      seq: this.#seq++,
      capturedAt,
      arrivedAt,
      sceneMs: capturedAt,
      width,
      height,
      sourceWidth: width,
      sourceHeight: height,
      damaged: false,
      data: pixels,
    };
    void this.#queue.push(new PooledFrame(frame, this.#pool));
  }

  /** Whatever is handed in is looked at then. */
  async check(): Promise<void> {}

  async start(): Promise<void> {
    if (this.#state === 'idle') this.#state = 'starting';
  }

  frames(): AsyncIterable<Frame> {
    return this.#queue;
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#queue.discard();
    this.#pool.drain();
  }

  health(): SourceHealth {
    return {
      state: this.#state,
      connectionQuality: 'excellent',
      expectedFps: null,
      measuredFps: this.#rate.fps(performance.now()),
      keyFrameIntervalMs: null,
      waitsForKeyFrame: false,
      reconnectsLastHour: 0,
      stallsLastHour: 0,
      lastFrameAt: this.#lastFrameAt,
      lastError: null,
      malformedShare: null,
      counters: {
        captured: this.#seq,
        droppedQueue: this.#queue.dropped,
        malformed: 0,
        decodeErrors: 0,
        partialFrames: 0,
        resolutionChanges: this.#resolutionChanges,
        timestampJumps: 0,
        reconnects: 0,
        stalls: 0,
      },
    };
  }
}

/** @throws TypeError or RangeError where it is not what its size says, or was taken at no time */
export function checkPushed({ width, height, data, capturedAt = 0 }: PushedPicture): void {
  checkRgbPicture(width, height, data);
  if (!Number.isFinite(capturedAt) || capturedAt < 0 || capturedAt > LAST_DATE) {
    throw new RangeError(`capturedAt: expected Unix ms, got ${capturedAt}`);
  }
}
