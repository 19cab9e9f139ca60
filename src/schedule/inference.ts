import type { Inference } from '../detect/detector.js';
import { detectorError } from '../detect/host/worker-detector.js';
import { Letterbox } from '../detect/letterbox.js';
import type { TenantId } from '../foundation/scope.js';
import { STRIDE } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import type { LateCause, PlaceAnswer } from '../frame/place.js';
import { yuvBytes } from '../kernels/yuv-colour.js';
import type { PictureReply, Serving } from './picture-batch.js';
import type { Slot, Slots } from './slots.js';

/** What is needed of a frame to infer it. */
export type Pixels = Pick<Frame, 'width' | 'height' | 'sourceWidth' | 'sourceHeight' | 'yuv' | 'data' | 'arrivedAt'>;

/** Buffers kept for later: more than a camera has on their way; a program's burst of single pictures may need hundreds. */
const MOST_SPARE = 8;
/** Sizes whose letterbox is kept: a camera's frame in the input of each pool, and the size that it had before. */
const MOST_LETTERBOXES = 8;

export interface CameraInferenceOptions {
  /** Who asks for places: sources take turns. */
  readonly source: string;
  /** Whose they are; default the device's own. */
  readonly tenant?: TenantId;
  /** What the model's own class indices are called in its answers; null where they stay. */
  readonly classIndices?: Uint16Array | null;
  /** Of the classes in its answers, score per class from which a box is reported: boxes of those above 1 are left out. Default: all are in. */
  readonly thresholds?: readonly number[] | null;
}

/**
 * One camera's way to the workers: letterbox, wait for a place, send, and map the boxes back. Its buffers live as long as
 * the camera.
 */
export class CameraInference {
  readonly #slots: Slots;
  readonly #source: string;
  readonly #tenant: TenantId;
  readonly #classIndices: Uint16Array | null;
  readonly #thresholds: readonly number[] | null;
  readonly #spare = new Spare();
  #letterboxes: Letterbox[] = [];

  constructor(slots: Slots, options: CameraInferenceOptions) {
    const { source, tenant = null, classIndices = null, thresholds = null } = options;
    this.#slots = slots;
    this.#source = source;
    this.#tenant = tenant;
    this.#classIndices = classIndices;
    this.#thresholds = thresholds;
  }

  /** Why a frame is not worth preparing; null where it is. */
  givesUp({ arrivedAt }: Pick<Pixels, 'arrivedAt'>, budgetMs: number | null): LateCause | null {
    return this.#slots.givesUp({ source: this.#source, tenant: this.#tenant, arrivedAt, budgetMs });
  }

  /**
   * Takes what is needed of a frame; its pixels are not needed afterwards. Where all workers have inputs of one size it is
   * scaled here, while they are busy: a worker that just answered is reading its next picture from us and must not wait for
   * this. Where they differ it is copied, and scaled once it is known for whom.
   */
  prepare(frame: Pixels): PreparedFrame {
    const started = performance.now();
    const size = this.#slots.inputSize;
    const width = size?.inputWidth ?? frame.width;
    const height = size?.inputHeight ?? frame.height;
    const { yuv } = frame;
    const pixels = this.#spare.take(size || !yuv ? width * height * 3 : yuvBytes(width, height));
    if (size) this.fit(frame, width, height).apply(frame.data, pixels, yuv);
    else pixels.set(frame.data.subarray(0, pixels.length));
    const { sourceWidth, sourceHeight, arrivedAt } = frame;
    return new PreparedFrame(this, {
      slots: this.#slots,
      source: this.#source,
      tenant: this.#tenant,
      classIndices: this.#classIndices,
      thresholds: this.#thresholds,
      spare: this.#spare,
      // the pixels are its own now
      frame: { width: frame.width, height: frame.height, sourceWidth, sourceHeight, arrivedAt, yuv, data: pixels },
      scaledTo: size,
      prepareMs: performance.now() - started,
    });
  }

  /** The letterbox for a frame's size and an input's: cameras may change theirs in mid-stream. */
  fit({ width, height }: Pick<Pixels, 'width' | 'height'>, inputWidth: number, inputHeight: number): Letterbox {
    const known = this.#letterboxes.find(
      (one) =>
        one.frameWidth === width &&
        one.frameHeight === height &&
        one.inputWidth === inputWidth &&
        one.inputHeight === inputHeight,
    );
    if (known) return known;
    const letterbox = new Letterbox(width, height, inputWidth, inputHeight);
    this.#letterboxes = [letterbox, ...this.#letterboxes].slice(0, MOST_LETTERBOXES);
    return letterbox;
  }
}

type Size = Pick<Serving, 'inputWidth' | 'inputHeight'>;

interface PreparedParts {
  readonly slots: Slots;
  readonly source: string;
  readonly tenant: TenantId;
  readonly classIndices: Uint16Array | null;
  readonly thresholds: readonly number[] | null;
  readonly spare: Spare;
  /** With pixels of its own: those of the input, or the frame's. */
  readonly frame: Pixels;
  /** The input's size that the pixels were scaled to; null: they are the frame's. */
  readonly scaledTo: Size | null;
  readonly prepareMs: number;
}

/** A frame ready for a worker: wait for its place, then either infer it or abandon it, once. */
class PreparedFrame {
  readonly #camera: CameraInference;
  readonly #parts: PreparedParts;
  #slot: Slot | null = null;

  constructor(camera: CameraInference, parts: PreparedParts) {
    this.#camera = camera;
    this.#parts = parts;
  }

  /**
   * Resolves when a worker has a place for it, or there is none.
   * @param budgetMs ms from its arrival within which it must be answered; null: it may wait
   */
  async admitted(budgetMs: number | null): Promise<PlaceAnswer> {
    const { slots, source, tenant, frame } = this.#parts;
    const slot = await slots.take({ source, tenant, arrivedAt: frame.arrivedAt, budgetMs });
    if (typeof slot === 'string') return slot;
    this.#slot = slot;
    return 'admitted';
  }

  /**
   * Infers it at the worker that has the place.
   * @returns the answer, and when the worker has all of the frame. Until then it may be waiting for this thread: long
   *   work, such as preparing the next frame, is better done afterwards. `sent` never rejects.
   * @throws DetectorError (`answer`) where the worker was lost with the frame
   */
  infer(): { readonly answer: Promise<Inference>; readonly sent: Promise<void> } {
    let whenSent: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => (whenSent = resolve));
    const answer = this.#infer(whenSent).finally(whenSent);
    return { answer, sent };
  }

  async #infer(onSent: () => void): Promise<Inference> {
    const { frame, scaledTo, spare, prepareMs } = this.#parts;
    const slot = this.#slot!;
    const { inputWidth, inputHeight } = slot;
    const isScaled = scaledTo !== null;
    if (isScaled && (scaledTo.inputWidth !== inputWidth || scaledTo.inputHeight !== inputHeight)) {
      this.abandon();
      throw detectorError('refused', `a worker came back with another input size, ${inputWidth}×${inputHeight}`);
    }
    const began = performance.now();
    const fitted = isScaled ? frame.data : spare.take(inputWidth * inputHeight * 3);
    try {
      const letterbox = this.#camera.fit(frame, inputWidth, inputHeight);
      if (!isScaled) letterbox.apply(frame.data, fitted, frame.yuv);
      const resizeMs = prepareMs + performance.now() - began;
      return this.#inference(await slot.infer(fitted, onSent), letterbox, resizeMs);
    } finally {
      // does nothing where the place was used
      slot.giveBack();
      spare.giveBack(fitted);
      if (!isScaled) spare.giveBack(frame.data);
    }
  }

  /** Gives its place and its buffer back. */
  abandon(): void {
    this.#slot?.giveBack();
    this.#parts.spare.giveBack(this.#parts.frame.data);
  }

  #inference({ reply, index, roundTripMs }: PictureReply, letterbox: Letterbox, resizeMs: number): Inference {
    const { frame, classIndices, thresholds } = this.#parts;
    const { variant, provider } = this.#slot!;
    const { count, data } = reply.detections[index]!;
    letterbox.unmap(data, count, frame.sourceWidth, frame.sourceHeight);
    if (classIndices) renameClasses(data, count, classIndices);
    const kept = thresholds === null ? count : withoutHidden(data, count, thresholds);
    const { fillMs, inferMs, decodeMs } = reply.timings;
    const decode = fillMs + decodeMs;
    return {
      detections: { count: kept, data: data.subarray(0, kept * STRIDE) },
      by: { variant, provider },
      peakScore: reply.peakScores[index] ?? null,
      stages: {
        resize: resizeMs,
        queue: Math.max(0, roundTripMs - inferMs - decode),
        infer: inferMs,
        decode,
      },
    };
  }
}

/** Buffers for later, each of which is given back once. */
class Spare {
  readonly #buffers: Uint8Array[] = [];

  take(bytes: number): Uint8Array {
    const at = this.#buffers.findIndex(({ length }) => length === bytes);
    return at < 0 ? new Uint8Array(bytes) : this.#buffers.splice(at, 1)[0]!;
  }

  giveBack(buffer: Uint8Array): void {
    if (this.#buffers.length >= MOST_SPARE) this.#buffers.shift();
    this.#buffers.push(buffer);
  }
}

function renameClasses(data: Float32Array, count: number, indices: Uint16Array): void {
  for (let at = 5; at < count * STRIDE; at += STRIDE) data[at] = indices[data[at]!]!;
}

/** Moves boxes of classes that are reported together, in their order. @returns how many there are */
function withoutHidden(data: Float32Array, count: number, thresholds: readonly number[]): number {
  let kept = 0;
  for (let row = 0; row < count; row++) {
    if (thresholds[data[row * STRIDE + 5]!]! > 1) continue;
    if (kept < row) data.copyWithin(kept * STRIDE, row * STRIDE, (row + 1) * STRIDE);
    kept++;
  }
  return kept;
}
