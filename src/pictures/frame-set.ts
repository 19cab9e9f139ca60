import type { LoadRequest } from '../detect/detector.js';
import { Letterbox } from '../detect/letterbox.js';
import { allocateTensor, chooseFill } from '../detect/worker/tensor.js';
import type { Tensor } from '../onnx/tensor.js';
import type { ModelInputs } from './model-inputs.js';

/** RGB24, rows top to bottom, `width * height * 3` bytes. */
export interface Picture {
  /** Says where it comes from, for people: a file's name, a clip and the frame's number. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What a person said is in a picture: a box in its pixels. */
export interface Label {
  /** Index into the model's classes. */
  readonly classIndex: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** A crowd or a region not to be judged: boxes in it are neither right nor wrong. Default false. */
  readonly ignore?: boolean;
}

/** Pictures to calibrate a model on and to judge it by. They may lie on disk: read one when it is needed and let it go. */
export interface FrameSet {
  readonly count: number;
  /** @param index 0 to count - 1 */
  read(index: number): Promise<Picture>;
  /** null: nobody labelled this picture. An empty list: there is nothing in it. */
  labels(index: number): Promise<readonly Label[] | null>;
  /**
   * The classes, as indexes into the model's, that whoever labelled this picture looked for: of another class no label
   * means nothing. Left out or null: all.
   */
  labelledClasses?(index: number): readonly number[] | null;
}

/** Frames that stay together when a set is split, where it is large enough. */
const LONGEST_BLOCK = 16;
/** Blocks that a set is cut into, at least. */
const LEAST_BLOCKS = 10;

/**
 * Splits a set in two, always alike: every so many blocks of frames one is held back, from all over the set. Frames next
 * to each other in a film are nearly the same picture, so only those at the seams of blocks have their neighbour in the
 * other part.
 *
 * @param share of the frames held back, 0..1; each part gets at least one frame of two
 * @throws RangeError for another share, or fewer than two frames
 */
export function splitFrames(frames: FrameSet, share: number): { calibration: FrameSet; heldBack: FrameSet } {
  const { count } = frames;
  if (!(share > 0 && share < 1)) throw new RangeError(`expected a share between 0 and 1, got ${share}`);
  if (count < 2) throw new RangeError(`expected at least 2 frames to split, got ${count}`);
  const block = Math.max(1, Math.min(LONGEST_BLOCK, Math.floor(count / LEAST_BLOCKS)));
  const calibration: number[] = [];
  const heldBack: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = Math.floor(index / block);
    const isHeldBack = Math.floor((at + 1) * share) > Math.floor(at * share);
    (isHeldBack ? heldBack : calibration).push(index);
  }
  if (heldBack.length === 0) heldBack.push(calibration.pop()!);
  if (calibration.length === 0) calibration.push(heldBack.shift()!);
  return { calibration: subsetOf(frames, calibration), heldBack: subsetOf(frames, heldBack) };
}

/** @param indexes of the frames wanted, in the order wanted */
export function subsetOf(frames: FrameSet, indexes: readonly number[]): FrameSet {
  const original = (index: number): number => {
    const at = indexes[index];
    if (at === undefined) throw new RangeError(`there is no frame ${index}: the set has ${indexes.length}`);
    return at;
  };
  return {
    count: indexes.length,
    read: (index) => frames.read(original(index)),
    labels: (index) => frames.labels(original(index)),
    labelledClasses: (index) => frames.labelledClasses?.(original(index)) ?? null,
  };
}

/**
 * The frames as a model takes them: letterboxed and normalised as before a real run, batch 1.
 * @param inputName of the model's picture input
 */
export function modelInputs(frames: FrameSet, { input }: LoadRequest, inputName: string): ModelInputs {
  const { width, height, layout, type } = input;
  const fill = chooseFill(input);
  const pixels = new Uint8Array(width * height * 3);
  const dims = layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3];
  let letterbox: Letterbox | null = null;
  return {
    count: frames.count,
    async read(index) {
      const picture = await frames.read(index);
      letterbox = letterboxFor(picture, letterbox, width, height);
      letterbox.apply(picture.data, pixels);
      const values = allocateTensor(input, 1);
      fill(pixels, values, 0);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return new Map<string, Tensor>([[inputName, { type, dims, bytes }]]);
    },
  };
}

/** The letterbox of the last picture where this one has its size, else a new one. */
export function letterboxFor(
  picture: Pick<Picture, 'width' | 'height'>,
  last: Letterbox | null,
  inputWidth: number,
  inputHeight: number,
): Letterbox {
  const fits = last?.frameWidth === picture.width && last.frameHeight === picture.height;
  return fits ? last! : new Letterbox(picture.width, picture.height, inputWidth, inputHeight);
}
