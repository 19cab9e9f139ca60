import type { DetectReply, Inference } from '../detect/detector.js';
import { Letterbox } from '../detect/letterbox.js';
import { STRIDE } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import type { Slot, Slots } from './slots.js';

/** What is needed of a frame to infer it. */
export type Pixels = Pick<Frame, 'width' | 'height' | 'sourceWidth' | 'sourceHeight' | 'data'>;

/** Buffers kept for later: more than a camera has on their way; a program's burst of single pictures may need hundreds. */
const MOST_SPARE = 8;

/**
 * One camera's way to the workers: letterbox, wait for a slot, send, and map the boxes back. Its buffers live as long as
 * the camera.
 */
export class CameraInference {
  readonly #slots: Slots;
  readonly #inputWidth: number;
  readonly #inputHeight: number;
  readonly #classIndices: Uint16Array | null;
  readonly #spare: Uint8Array[] = [];
  #letterbox: Letterbox | null = null;

  /**
   * @param inputWidth,inputHeight of the model in pixels
   * @param classIndices what the model's own class indices are called in its answers; null where they stay
   */
  constructor(slots: Slots, inputWidth: number, inputHeight: number, classIndices: Uint16Array | null = null) {
    this.#slots = slots;
    this.#inputWidth = inputWidth;
    this.#inputHeight = inputHeight;
    this.#classIndices = classIndices;
  }

  /**
   * Scales a frame for the model; its pixels are not needed afterwards. Done before there is a slot, while the workers are
   * busy: a worker that just answered is reading its next frame from us and must not wait for this.
   */
  prepare(frame: Pixels): PreparedFrame {
    const started = performance.now();
    const pixels = this.#spare.pop() ?? new Uint8Array(this.#inputWidth * this.#inputHeight * 3);
    const letterbox = this.#fit(frame);
    letterbox.apply(frame.data, pixels);
    const giveBack = (): void => {
      if (this.#spare.length < MOST_SPARE) this.#spare.push(pixels);
    };
    const resizeMs = performance.now() - started;
    return new PreparedFrame(this.#slots, letterbox, this.#classIndices, pixels, frame, resizeMs, giveBack);
  }

  /** The letterbox for this frame's size: cameras may change theirs in mid-stream. */
  #fit({ width, height }: Pixels): Letterbox {
    const fits = this.#letterbox?.frameWidth === width && this.#letterbox.frameHeight === height;
    if (!fits) this.#letterbox = new Letterbox(width, height, this.#inputWidth, this.#inputHeight);
    return this.#letterbox!;
  }
}

/** A frame at the model's size: wait for its slot, then either infer it or abandon it, once. */
export class PreparedFrame {
  readonly #slots: Slots;
  readonly #letterbox: Letterbox;
  readonly #classIndices: Uint16Array | null;
  readonly #pixels: Uint8Array;
  readonly #sourceWidth: number;
  readonly #sourceHeight: number;
  readonly #resizeMs: number;
  readonly #givePixelsBack: () => void;
  #slot: Slot | null = null;

  constructor(
    slots: Slots,
    letterbox: Letterbox,
    classIndices: Uint16Array | null,
    pixels: Uint8Array,
    { sourceWidth, sourceHeight }: Pixels,
    resizeMs: number,
    givePixelsBack: () => void,
  ) {
    this.#slots = slots;
    this.#letterbox = letterbox;
    this.#classIndices = classIndices;
    this.#pixels = pixels;
    this.#sourceWidth = sourceWidth;
    this.#sourceHeight = sourceHeight;
    this.#resizeMs = resizeMs;
    this.#givePixelsBack = givePixelsBack;
  }

  /** Resolves when a worker has a place for it; to false when there will be none any more. */
  async admitted(): Promise<boolean> {
    this.#slot = await this.#slots.take();
    return this.#slot !== null;
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
    const began = performance.now();
    const { inputWidth: width, inputHeight: height } = this.#letterbox;
    try {
      const reply = await this.#slot!.detector.detect([{ width, height, data: this.#pixels }], onSent);
      return this.#inference(reply, performance.now() - began);
    } finally {
      this.abandon();
    }
  }

  /** Gives its place and its buffer back. */
  abandon(): void {
    this.#slot?.giveBack();
    this.#givePixelsBack();
  }

  #inference(reply: DetectReply, roundTripMs: number): Inference {
    const { count, data } = reply.detections[0]!;
    this.#letterbox.unmap(data, count, this.#sourceWidth, this.#sourceHeight);
    if (this.#classIndices) renameClasses(data, count, this.#classIndices);
    const { fillMs, inferMs, decodeMs } = reply.timings;
    const decode = fillMs + decodeMs;
    return {
      detections: { count, data: data.subarray(0, count * STRIDE) },
      peakScore: reply.peakScores[0] ?? null,
      stages: {
        resize: this.#resizeMs,
        queue: Math.max(0, roundTripMs - inferMs - decode),
        infer: inferMs,
        decode,
      },
    };
  }
}

function renameClasses(data: Float32Array, count: number, indices: Uint16Array): void {
  for (let at = 5; at < count * STRIDE; at += STRIDE) data[at] = indices[data[at]!]!;
}
