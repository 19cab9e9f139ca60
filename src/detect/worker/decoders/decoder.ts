import type { LoadRequest } from '../../detector.js';

/** Name and dimensions of one output of a model, as seen in a run. */
export interface OutputShape {
  readonly name: string;
  readonly dims: readonly number[];
  /** Of its elements, where it is known: `float32`, `int64`. */
  readonly type?: string;
  /** Whether the file leaves the number of rows open: it may be another one for the next picture. */
  readonly varying?: boolean;
}

/** One picture's part of an output tensor: `rows` rows, elements from `offset` on. */
export interface Slice {
  data: Float32Array;
  offset: number;
  rows: number;
}

/** What a decoder needs to know of a load request. */
export type DecoderRequest = Pick<LoadRequest, 'classes' | 'scoreThresholds' | 'input'>;

/** Reads the boxes of one picture out of a model's raw outputs. */
export interface Decoder {
  /** The outputs it reads, in the order in which `decode` expects their slices. */
  readonly reads: readonly OutputShape[];
  /** The most candidates that `decode` can add. */
  readonly anchors: number;
  /** Of them, the one of class indices, which may be bytes. */
  readonly labels?: OutputShape;
  readonly rows: RowCount;
  readonly pictures: PictureAxis;
  /** Whether one vehicle comes as many overlapping candidates. */
  readonly overlapping: boolean;
  /** Whether rows that mean nothing, with whatever numbers, fill up to the number of rows. */
  readonly padded: boolean;
  /** Adds every anchor whose best class reaches that class's threshold, and raises the peak to the best score of all. */
  decode(slices: readonly Slice[], candidates: Candidates, picture: number): void;
}

/** Whether a picture has as many rows as every other, or as many as the graph found. */
export type RowCount = 'fixed' | 'varying';

/** Which picture rows are of: the first axis says it, each row does (and each picture is shown all), or there is only one. */
export type PictureAxis = 'axis' | 'rows' | 'one';

/** Of a varying number of rows, those beyond are not looked at: NMS in a graph keeps some hundreds at most. */
const MOST_VARYING_ROWS = 8192;

/** Rows that a picture can have, where the first one had `seen`. */
export function rowLimit(seen: number, rows: RowCount): number {
  return rows === 'varying' ? MOST_VARYING_ROWS : seen;
}

/** Boxes that passed their threshold, in pixels of the model's input; storage for `capacity` of them, reused per picture. */
export class Candidates {
  /** x1, y1, x2, y2 each. */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Uint16Array;
  count = 0;
  /** The highest score that any row of the picture gives any class, whatever the thresholds; as the model gave it. */
  peak = 0;

  constructor(
    readonly capacity: number,
    private readonly width: number,
    private readonly height: number,
  ) {
    this.boxes = new Float32Array(capacity * 4);
    this.scores = new Float32Array(capacity);
    this.classes = new Uint16Array(capacity);
  }

  /** Forgets the last picture. */
  clear(): void {
    this.count = 0;
    this.peak = 0;
  }

  /** Leaves out boxes that are not finite, are empty or lie outside the picture. */
  add(x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number): void {
    if (!(x2 > x1 && y2 > y1 && x2 > 0 && y2 > 0 && x1 < this.width && y1 < this.height)) return;
    if (!Number.isFinite((x2 - x1) * (y2 - y1))) return;
    const i = this.count++;
    this.boxes[i * 4] = x1;
    this.boxes[i * 4 + 1] = y1;
    this.boxes[i * 4 + 2] = x2;
    this.boxes[i * 4 + 3] = y2;
    this.scores[i] = score;
    this.classes[i] = classIndex;
  }
}

/** `boxes [1, 300, 4], logits [1, 300, 80]` */
export function shapesAsText(outputs: readonly OutputShape[]): string {
  return outputs.map(({ name, dims }) => `${name} [${dims.join(', ')}]`).join(', ');
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
