import { explain, ModelError } from '../../foundation/errors.js';
import { halfTable } from '../../foundation/half.js';
import { STRIDE } from '../../frame/detections.js';
import { FAMILIES, type Family, type LoadRequest, SCORE_TOLERANCE } from '../detector.js';
import {
  Candidates,
  type CreateDecoder,
  type Decoder,
  type OutputShape,
  type Slice,
  shapesAsText,
} from './decoders/decoder.js';
import { detr } from './decoders/detr.js';
import { reducedRows, yolov10 } from './decoders/finished-rows.js';
import { roadside } from './decoders/roadside.js';
import { yolov8 } from './decoders/yolov8.js';
import { yolox } from './decoders/yolox.js';
import { MAX_CAPACITY, Selection } from './nms.js';

/** One output of a run; an onnxruntime tensor is one. float16 data is a Uint16Array of bits. */
export interface OutputTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** Turns a model's raw outputs into boxes. */
export interface Postprocess {
  /** The highest score in the picture of the last `run`, 0..1, whatever class it is of and whatever the thresholds. */
  readonly peak: number;
  /**
   * Reads picture `batchIndex` of a batch and writes its boxes into `into` from element `offset` on: rows of 6 floats
   * (x1, y1, x2, y2 in pixels of the model's input, clipped to it; score; class index), strongest first, at most
   * `maxDetections` of them (`into` must have the room).
   * @returns rows written
   * @throws ModelError when an output is missing, too short or of an element type that cannot be read, or where its
   *   scores are no scores of 0..1
   */
  run(outputs: Readonly<Record<string, OutputTensor>>, batchIndex: number, into: Float32Array, offset: number): number;
}

const DECODERS: Readonly<Record<Family, CreateDecoder>> = { roadside, yolox, yolov8, yolov10, detr };
/** Families whose models give each vehicle once: their candidates need no NMS. */
const ONCE_EACH: ReadonlySet<Family> = new Set(['yolov10', 'detr']);

/**
 * Chooses the decoder, once, for the output shapes seen in a first run, and allocates everything a picture needs.
 * @throws ModelError that names the shapes when the family cannot read them
 */
export function createPostprocess(request: LoadRequest, outputs: readonly OutputShape[]): Postprocess {
  const decoder = chooseDecoder(request, outputs);
  if (decoder.anchors < 1 || decoder.anchors > MAX_CAPACITY) {
    throw new ModelError(
      `a picture must have 1 to ${MAX_CAPACITY} rows, and the same number every time; this model gives ${shapesAsText(outputs)}`,
    );
  }
  const { width, height } = request.input;
  const candidates = new Candidates(decoder.anchors, width, height);
  const selection = new Selection(
    decoder.anchors,
    decoder.overlapping ? request.iouThreshold : null,
    request.maxDetections,
  );
  const readers = decoder.reads.map((output) => new SliceReader(output));
  let peak = 0;
  return {
    get peak() {
      return peak;
    },
    run(tensors, batchIndex, into, offset) {
      for (let i = 0; i < readers.length; i++) readers[i]!.read(tensors, batchIndex);
      candidates.clear();
      decoder.decode(readers, candidates);
      peak = peakScore(candidates.peak, decoder.padded ? [] : readers);
      const count = selection.pick(candidates);
      const { boxes, scores, classes } = candidates;
      for (let k = 0; k < count; k++) {
        const index = selection.picked[k]!;
        const row = offset + k * STRIDE;
        into[row] = Math.max(0, boxes[index * 4]!);
        into[row + 1] = Math.max(0, boxes[index * 4 + 1]!);
        into[row + 2] = Math.min(width, boxes[index * 4 + 2]!);
        into[row + 3] = Math.min(height, boxes[index * 4 + 3]!);
        into[row + 4] = Math.min(1, scores[index]!);
        into[row + 5] = classes[index]!;
      }
      return count;
    },
  };
}

/**
 * @param peak the highest score that a decoder found
 * @param slices every number of which must be one where there is no score at all
 * @returns it, where rounding brought it a little above 1: 1
 * @throws ModelError where it cannot be a score, or nothing in the outputs is a number
 */
function peakScore(peak: number, slices: readonly SliceReader[]): number {
  if (peak > 1 + SCORE_TOLERANCE) {
    throw new ModelError(
      `the model gives a score of ${Number(peak.toPrecision(4))}, expected 0 to 1: its numbers are no scores as they are read here; is the family wrong, or was it quantized with boxes and scores in one tensor?`,
    );
  }
  // only a picture without any score: where all is NaN, no comparison ever holds
  if (peak === 0) for (const slice of slices) slice.requireNumbers();
  return Math.min(1, peak);
}

function chooseDecoder(request: LoadRequest, outputs: readonly OutputShape[]): Decoder {
  if (request.output === 'boxes') return reducedRows('boxes', false)(request, outputs);
  if (request.output === 'candidates') {
    return reducedRows('candidates', !ONCE_EACH.has(request.family))(request, outputs);
  }
  try {
    return DECODERS[request.family](request, outputs);
  } catch (error) {
    const fitting = FAMILIES.filter((family) => family !== request.family && fits(family, request, outputs));
    if (fitting.length === 0) throw error;
    throw new ModelError(`${explain(error)} (the shapes would fit ${fitting.join(' or ')})`);
  }
}

function fits(family: Family, request: LoadRequest, outputs: readonly OutputShape[]): boolean {
  try {
    DECODERS[family](request, outputs);
    return true;
  } catch {
    return false;
  }
}

/** Finds one picture's part of one output; element types other than float32 are converted into its own buffer. */
class SliceReader implements Slice {
  data: Float32Array = new Float32Array(0);
  offset = 0;
  private readonly name: string;
  private readonly length: number;
  private converted: Float32Array | null = null;

  constructor(output: OutputShape) {
    this.name = output.name;
    this.length = output.dims.slice(1).reduce((product, dim) => product * dim, 1);
  }

  read(tensors: Readonly<Record<string, OutputTensor>>, batchIndex: number): void {
    const tensor = tensors[this.name];
    if (!tensor) throw new ModelError(`the model gave no output ${this.name}`);
    const start = batchIndex * this.length;
    const { data } = tensor;
    if (!ArrayBuffer.isView(data) || (data as Float32Array).length < start + this.length) {
      const shape = `[${tensor.dims.join(', ')}]`;
      throw new ModelError(`output ${this.name} ${shape} has no ${this.length} elements for picture ${batchIndex}`);
    }
    if (data instanceof Float32Array) {
      this.data = data;
      this.offset = start;
    } else {
      this.data = this.converted ??= new Float32Array(this.length);
      this.offset = 0;
      this.convert(tensor.type, data, start);
    }
  }

  /** @throws ModelError where one of its elements is NaN or infinite */
  requireNumbers(): void {
    const { data, offset, length } = this;
    for (let i = offset; i < offset + length; i++) {
      if (!Number.isFinite(data[i]!)) throw new ModelError(`output ${this.name} holds ${data[i]} in place of numbers`);
    }
  }

  private convert(type: string, data: ArrayBufferView, start: number): void {
    const to = this.data;
    if (data instanceof Uint16Array && type === 'float16') {
      const values = halfTable();
      for (let i = 0; i < to.length; i++) to[i] = values[data[start + i]!]!;
    } else if (data instanceof BigInt64Array) {
      for (let i = 0; i < to.length; i++) to[i] = Number(data[start + i]!);
    } else if (data instanceof Int32Array || data instanceof Float64Array) {
      for (let i = 0; i < to.length; i++) to[i] = data[start + i]!;
    } else {
      throw new ModelError(`output ${this.name} has elements of type ${type}; expected float32, float16 or int64`);
    }
  }
}
