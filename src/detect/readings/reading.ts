import type { Decoding } from '../decoding.js';
import type { Family } from '../detector.js';
import type { Decoder, DecoderRequest, OutputShape } from '../worker/decoders/decoder.js';

/** What is known of a model besides its outputs. */
export interface ReadingFacts {
  /** How many classes it has; null where nobody said so. */
  readonly classes: number | null;
  /** Of the input, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What it was trained for, where the file says so: `detect`, `segment`, `pose`, `obb`. */
  readonly task?: string | null;
  /** Columns behind the classes that are none, where somebody said so. */
  readonly extra?: number | undefined;
}

/** One way to read a model's outputs that their shapes allow. */
export interface OutputReading {
  readonly family: Family;
  readonly decoding: Decoding;
  /** How many classes the shapes speak of; null where they do not. */
  readonly classes: number | null;
  /** The outputs that are read. */
  readonly uses: readonly OutputShape[];
  /** Larger is likelier, by what public exports look like. */
  readonly likelihood: number;
  /** What reads it so; with another decoding of the same columns, what reads it so. */
  decoder(request: DecoderRequest, decoding: Decoding): Decoder;
}

/** What most exports have; readings say where they differ. */
export const USUAL_DECODING: Decoding = {
  boxes: 'xyxy',
  coordinates: 'pixels',
  scores: 'probability',
  objectness: false,
  background: 'none',
  order: 'score-class',
  extra: 0,
  overlapping: true,
};

/** The finest of raw heads. */
const STRIDE_OF_HEADS = 8;

/** How much less likely fractions are where pixels are usual. */
export const UNUSUAL = 1.5;

/**
 * How many coefficients of masks a segmenting model may give with each box, by its output of prototypes
 * `[batch, coefficients, h, w]`, a quarter of the input's size; raw heads beside the boxes are smaller, or have more channels
 * than a row has columns.
 */
export function maskCoefficients(outputs: readonly OutputShape[], { height }: ReadingFacts): number[] {
  return outputs.flatMap(({ dims }) => (dims.length === 4 && dims[2]! * STRIDE_OF_HEADS > height ? [dims[1]!] : []));
}

/** Whether so many columns without a meaning are allowed behind the classes. */
export function allowsExtra(extra: number, outputs: readonly OutputShape[], facts: ReadingFacts): boolean {
  if (facts.extra !== undefined) return extra === facts.extra;
  return extra === 0 || (extra > 0 && (maskCoefficients(outputs, facts).includes(extra) || facts.task === 'pose'));
}
