import type { LoadRequest } from '../../detect/detector.js';
import { Letterbox } from '../../detect/letterbox.js';
import type { ProbeOutput } from '../../detect/probe-messages.js';
import type { OutputReading } from '../../detect/readings/reading.js';
import { Candidates, type Slice } from '../../detect/worker/decoders/decoder.js';
import { ROW_COLUMNS } from '../../detect/worker/decoders/finished-rows.js';
import { Selection } from '../../detect/worker/nms.js';
import { SliceReader } from '../../detect/worker/slice-reader.js';
import { explain } from '../../foundation/errors.js';
import { iou } from '../../frame/box.js';
import type { ProbeScene } from './probe-scenes.js';

/** One way to read a model's outputs, with names for its classes. */
export interface NamedReading {
  readonly reading: OutputReading;
  readonly classes: readonly string[];
}

/** A box in pixels of the picture that it was found in. */
export interface FoundBox {
  readonly class: string;
  readonly score: number;
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
}

/** A row as the model gives it, and what is wrong with its box. */
export interface StrongRow {
  readonly score: number;
  /** `reversed`: it ends before it begins, or is not finite; `outside`: far outside the picture; `tiny`: under two pixels. */
  readonly flaw: 'reversed' | 'outside' | 'tiny' | null;
}

/** What one way of reading a model's outputs makes of one picture. */
export interface Readout {
  readonly scene: Pick<ProbeScene, 'id' | 'kind'>;
  /** Why the numbers cannot be read in this way at all; the rest says nothing then. */
  readonly unreadable: string | null;
  /** Rows that the model gives for a picture. */
  readonly rows: number;
  /** The highest score, as the model gives it. */
  readonly peak: number;
  /** Whether a row that would be shown is left out, because its class is none of the model's. */
  readonly foreignClass: boolean;
  /** Rows with a score whose class index is no whole number. */
  readonly brokenClasses: number;
  /** Rows whose background speaks against this reading: the strongest column of logits, or not the strongest of a softmax, or in what is one already. */
  readonly wrongBackground: number;
  /** Rows with a score of at least 0.5. */
  readonly certain: number;
  /** The strongest rows, up to 20: these are looked at closely. */
  readonly strongest: readonly StrongRow[];
  /** Of the boxes found, those that lie on a stronger one of the same class. */
  readonly stacked: number;
  /** Boxes with a score of at least 0.25, strongest first, after NMS where the reading has it. */
  readonly found: readonly FoundBox[];
  /** How many vehicles are known to be in the picture; null where nobody knows. */
  readonly wanted: number | null;
  /** The boxes found that lie on these. */
  readonly hits: readonly FoundBox[];
}

/** Boxes from this score on are counted. */
export const SHOWN_SCORE = 0.25;
const CERTAIN = 0.5;
/** Every row with a score at all is looked at. */
const LEAST_SCORE = 1e-6;
const JUDGED_ROWS = 20;
/** Pixels of the input. */
const TINY = 2;
/** Share of the picture's side by which a box may stick out: models guess the hidden part of a vehicle. */
const STICKS_OUT = 0.3;
const HIT_IOU = 0.45;
/** Two vehicles of a class are hardly ever so close in a picture. */
const STACKED_IOU = 0.7;
const NMS_IOU = 0.6;
const MOST_BOXES = 300;
/** As many as the longest lists of public models have. */
const FOREIGN_CLASSES: readonly string[] = Array<string>(1000).fill('');
/** Of a row of half-precision probabilities. */
const SUM_ROUNDING = 0.01;

/** Rows as the decoder reads them, those included that no detector would report. */
class WatchedCandidates extends Candidates {
  /** x1, y1, x2, y2, score, class of each. */
  readonly raw: number[][] = [];
  /** Rows that would be shown, of a class that the model does not have. */
  foreign = 0;
  readonly #classes: number;

  constructor(capacity: number, { width, height }: LoadRequest['input'], classes: number) {
    super(capacity, width, height);
    this.#classes = classes;
  }

  override add(x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number): void {
    if (classIndex >= this.#classes) {
      if (score >= SHOWN_SCORE) this.foreign++;
      return;
    }
    this.raw.push([x1, y1, x2, y2, score, classIndex]);
    super.add(x1, y1, x2, y2, score, classIndex);
  }

  /** Those of at least 0.25, after NMS where boxes overlap. */
  pick(overlapping: boolean): Float32Array[] {
    const selection = new Selection(this.capacity, overlapping ? NMS_IOU : null, MOST_BOXES);
    const count = selection.pick(this);
    return Array.from(selection.picked.subarray(0, count), (index) => {
      const [x1, y1, x2, y2] = this.boxes.subarray(index * 4, index * 4 + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      return Float32Array.of(x1, y1, x2, y2, this.scores[index]!, this.classes[index]!);
    }).filter((row) => row[4]! >= SHOWN_SCORE);
  }
}

/**
 * Reads one picture's outputs in one way, and looks at what comes out.
 * @param scene as it was before it was fitted into the input
 */
export function readOut(
  { reading, classes }: NamedReading,
  outputs: readonly ProbeOutput[],
  scene: ProbeScene,
  input: LoadRequest['input'],
): Readout {
  const tensors = Object.fromEntries(outputs.map((output) => [output.name, output]));
  try {
    // rows that say their class may say one that the model does not have: they are wanted, too
    const names = reading.classes === null ? [...classes, ...FOREIGN_CLASSES] : classes;
    const request = { classes: names, scoreThresholds: names.map(() => LEAST_SCORE), input };
    const decoder = reading.decoder(request, reading.decoding);
    const slices = decoder.reads.map((output) => new SliceReader(output, decoder));
    const rows = new WatchedCandidates(decoder.anchors, input, classes.length);
    for (const slice of slices) slice.read(tensors, 0);
    decoder.decode(slices, rows, 0);
    // where all is NaN, no comparison ever holds
    if (rows.peak === 0 && !decoder.padded) for (const slice of slices) slice.requireNumbers();
    const wrong = {
      brokenClasses: brokenClasses(reading, slices[0]!),
      wrongBackground: wrongBackground(reading, slices[1], decoder.anchors),
    };
    return look(rows, rows.pick(decoder.overlapping), classes, wrong, scene, input);
  } catch (error) {
    return unreadable(scene, explain(error));
  }
}

/** In rows that say their class themselves, those with a score whose class is no whole number. */
function brokenClasses({ uses, classes, decoding }: OutputReading, { data, offset, rows }: SliceReader): number {
  const stride = uses[0]!.dims.at(-1)!;
  if (classes !== null || uses.length > 1) return 0;
  const first = stride === 7 && decoding.extra === 0 ? 1 : 0;
  const [, score, label] = ROW_COLUMNS[decoding.order].map((column) => first + column) as [number, number, number];
  let broken = 0;
  for (let k = 0, row = offset; k < rows; k++, row += stride) {
    const value = data[row + label]!;
    if (data[row + score]! > LEAST_SCORE && Math.abs(value - Math.round(value)) > 1e-3) broken++;
  }
  return broken;
}

/**
 * A DETR's "no object" is the strongest of nearly every row, and its scores are not a softmax already; a class that a sigmoid
 * never saw is of none.
 */
function wrongBackground(
  { uses, classes, decoding }: OutputReading,
  scores: Slice | undefined,
  anchors: number,
): number {
  const { background, scores: kind } = decoding;
  if (classes === null || scores === undefined || background === 'none' || kind === 'probability') return 0;
  const [stride, step] = uses[1]!.dims[1] === anchors ? [classes + 1, 1] : [1, anchors];
  const column = background === 'first' ? 0 : classes;
  const { data, offset } = scores;
  let wrong = 0;
  for (let anchor = 0, row = offset; anchor < anchors; anchor++, row += stride) {
    const own = data[row + column * step]!;
    let [most, least, sum] = [own, own, 0];
    for (let c = 0; c <= classes; c++) {
      const value = data[row + c * step]!;
      most = Math.max(most, value);
      least = Math.min(least, value);
      sum += value;
    }
    const isStrongest = own === most;
    const isSoftmax = least >= 0 && Math.abs(sum - 1) < SUM_ROUNDING;
    if (kind === 'logit' ? isStrongest : !isStrongest || isSoftmax) wrong++;
  }
  return wrong;
}

function unreadable({ id, kind }: ProbeScene, why: string): Readout {
  return {
    scene: { id, kind },
    unreadable: why,
    rows: 0,
    peak: 0,
    foreignClass: false,
    brokenClasses: 0,
    wrongBackground: 0,
    certain: 0,
    strongest: [],
    stacked: 0,
    found: [],
    wanted: null,
    hits: [],
  };
}

function look(
  watched: WatchedCandidates,
  shown: readonly Float32Array[],
  classes: readonly string[],
  wrong: Pick<Readout, 'brokenClasses' | 'wrongBackground'>,
  scene: ProbeScene,
  { width, height }: LoadRequest['input'],
): Readout {
  const strongest = watched.raw.sort((a, b) => b[4]! - a[4]!);
  const top = strongest[0]?.[4] ?? 0;
  const found = inPicture(shown, classes, scene, width, height);
  return {
    scene: { id: scene.id, kind: scene.kind },
    unreadable: null,
    rows: watched.capacity,
    peak: watched.peak,
    foreignClass: watched.foreign > 0 || (watched.peak >= SHOWN_SCORE && watched.peak - top > LEAST_SCORE),
    brokenClasses: wrong.brokenClasses,
    wrongBackground: wrong.wrongBackground,
    certain: strongest.filter((row) => row[4]! >= CERTAIN).length,
    strongest: strongest.slice(0, JUDGED_ROWS).map((row) => ({ score: row[4]!, flaw: flawOf(row, width, height) })),
    stacked: stackedRows(shown),
    found,
    wanted: scene.vehicles === null ? null : scene.vehicles.length / 4,
    hits: hitsAmong(found, scene.vehicles ?? new Float32Array(0)),
  };
}

function flawOf(row: readonly number[], width: number, height: number): StrongRow['flaw'] {
  const [x1, y1, x2, y2] = row as [number, number, number, number];
  if (!(x2 > x1 && y2 > y1 && Number.isFinite((x2 - x1) * (y2 - y1)))) return 'reversed';
  if (isOutside(x1, x2, width) || isOutside(y1, y2, height)) return 'outside';
  return x2 - x1 < TINY && y2 - y1 < TINY ? 'tiny' : null;
}

const isOutside = (from: number, to: number, side: number): boolean =>
  !(Math.min(from, to) >= -STICKS_OUT * side && Math.max(from, to) <= (1 + STICKS_OUT) * side);

function stackedRows(rows: readonly Float32Array[]): number {
  return rows.filter((row, index) =>
    rows.slice(0, index).some((stronger) => stronger[5] === row[5] && iou(stronger, 0, row, 0) > STACKED_IOU),
  ).length;
}

/** Boxes in pixels of the input become such of the picture. */
function inPicture(
  rows: readonly Float32Array[],
  classes: readonly string[],
  scene: Pick<ProbeScene, 'width' | 'height'>,
  width: number,
  height: number,
): FoundBox[] {
  const letterbox = new Letterbox(scene.width, scene.height, width, height);
  return rows.map((row) => {
    const box = row.slice();
    letterbox.unmap(box, 1, scene.width, scene.height);
    const [x1, y1, x2, y2, score, index] = box as unknown as [number, number, number, number, number, number];
    return { class: classes[index] ?? `class ${index}`, score, box: [x1, y1, x2, y2] };
  });
}

/** Pairs boxes with the vehicles that are there, strongest box first, each vehicle once. */
function hitsAmong(found: readonly FoundBox[], vehicles: Float32Array): FoundBox[] {
  const open = new Set(Array.from({ length: vehicles.length / 4 }, (_, index) => index));
  return found.filter(({ box }) => {
    const hit = [...open].find((index) => iou(vehicles, index * 4, box, 0) >= HIT_IOU);
    return hit !== undefined && open.delete(hit);
  });
}
