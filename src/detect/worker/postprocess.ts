import { ModelError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import { type LoadRequest, SCORE_TOLERANCE } from '../detector.js';
import { chooseDecoder } from './choose-decoder.js';
import { Candidates, type OutputShape, type PictureAxis, shapesAsText } from './decoders/decoder.js';
import { MAX_CAPACITY, Selection } from './nms.js';
import { type OutputTensor, SliceReader } from './slice-reader.js';

/** Turns a model's raw outputs into boxes. */
export interface Postprocess {
  /** The highest score in the picture of the last `run`, 0..1, whatever class it is of and whatever the thresholds. */
  readonly peak: number;
  /** The outputs that are read. */
  readonly reads: readonly OutputShape[];
  readonly pictures: PictureAxis;
  /** Whether they have another number of rows in every run. */
  readonly varying: boolean;
  /** What the model gives and nobody reads, for people; null where there is nothing. */
  readonly ignored: string | null;
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

/**
 * Chooses the decoder, once, for the output shapes seen in a first run, and allocates everything a picture needs.
 * @throws ModelError that names the shapes when the family cannot read them
 */
export function createPostprocess(request: LoadRequest, outputs: readonly OutputShape[]): Postprocess {
  const { decoder, ignored } = chooseDecoder(request, outputs);
  if (decoder.anchors < 1 || decoder.anchors > MAX_CAPACITY) {
    throw new ModelError(`a picture must have 1 to ${MAX_CAPACITY} rows; this model gives ${shapesAsText(outputs)}`);
  }
  const { width, height } = request.input;
  const candidates = new Candidates(decoder.anchors, width, height);
  const selection = new Selection(
    decoder.anchors,
    decoder.overlapping ? request.iouThreshold : null,
    request.maxDetections,
  );
  const readers = decoder.reads.map((output) => new SliceReader(output, decoder));
  let peak = 0;
  return {
    get peak() {
      return peak;
    },
    reads: decoder.reads,
    pictures: decoder.pictures,
    varying: decoder.rows === 'varying',
    ignored,
    run(tensors, batchIndex, into, offset) {
      for (let i = 0; i < readers.length; i++) readers[i]!.read(tensors, batchIndex);
      candidates.clear();
      decoder.decode(readers, candidates, batchIndex);
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
