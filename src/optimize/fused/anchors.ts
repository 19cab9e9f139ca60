import type { Family } from '../../detect/detector.js';
import type { Graph } from '../../onnx/graph.js';
import { type Model, opsetOf } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { inferKnownShapes } from '../../onnx/shapes.js';
import { float32Tensor, int64Tensor } from '../../onnx/tensor.js';
import { asIntAttribute, type GraphWriter, ints } from './graph-writer.js';
import { cellsOfPicked, gridCells } from './grid-cells.js';
import { type PictureSize, pictureSizeOf, sideOf } from './picture-size.js';

const PASS = 'reduce output';
/** Where a model's size is dynamic, the size at which the shapes of its outputs are looked at. */
const TRIAL_SIDE = 256;

/** What a graph's raw output says of a picture's anchors, before any is chosen. */
export interface Anchors {
  /** `[batch, anchors]`: rises with the score of an anchor's best class. */
  readonly strengths: string;
  /** Anchors per picture; null where they depend on the picture's size. */
  readonly count: number | null;
  /** Whether one vehicle comes as many anchors. */
  readonly overlapping: boolean;
  /** Scores of strengths `[batch, K]`. */
  scores(strengths: string): string;
  /**
   * Corners in pixels of the input, `[batch, K, 4]`, and class indices as floats, `[batch, K, 1]`.
   * @param index `[batch, K]`, int64
   */
  pick(index: string): { readonly boxes: string; readonly classes: string };
}

interface Head {
  readonly graph: Graph;
  readonly writer: GraphWriter;
  readonly opset: number;
  readonly classes: number;
  readonly size: PictureSize;
  /** Of the picture at which `dims` are told. */
  readonly trial: { readonly width: number; readonly height: number };
  /** The shape of a value of the raw graph at the trial size; null where it cannot be known. */
  readonly dims: (value: string) => readonly number[] | null;
}

/**
 * Understands the raw outputs of a family, as its decoder does.
 * @throws Refusal where they are not what the family gives, or already are finished boxes
 */
export function anchorsOf(model: Model, writer: GraphWriter, family: Family, classes: number): Anchors {
  const { graph } = model;
  const size = pictureSizeOf(graph);
  if (!size) throw new Refusal(PASS, 'expected one input, a picture of 3 channels');
  const trial = { width: size.width ?? TRIAL_SIDE, height: size.height ?? TRIAL_SIDE };
  const sides = [trial.height, trial.width];
  const shapes = inferKnownShapes(
    model,
    new Map([[size.picture, size.order === 'nchw' ? [1, 3, ...sides] : [1, ...sides, 3]]]),
  );
  const dims = (value: string) => shapes.get(value)?.dims ?? null;
  const head: Head = { graph, writer, opset: opsetOf(model), classes, size, trial, dims };
  switch (family) {
    case 'roadside':
      return roadside(head);
    case 'yolox':
      return yolox(head);
    case 'yolov8':
      return yolov8(head);
    case 'detr':
      return detr(head);
    case 'yolov10':
      throw new Refusal(PASS, 'a yolov10 model gives finished boxes already');
    case 'yolov5':
      return yolov5(head);
    case 'yolo-nas':
    case 'rf-detr':
    case 'ssd':
    case 'efficientnms':
      throw new Refusal(PASS, `the outputs of a ${family} model stay as they are: only its decoder knows them`);
  }
}

function roadside(head: Head): Anchors {
  const { writer, classes } = head;
  const raw = outputAmong(head, `[batch, anchors, ${4 + classes}]`, (dims) => dims[2] === 4 + classes);
  const scores = part(head, raw, 2, 4, 4 + classes);
  return {
    strengths: largest(head, scores, 2),
    count: countOf(head, raw, 1),
    overlapping: true,
    scores: (strengths) => strengths,
    pick: (index) => {
      const rows = pickRows(head, raw, index, 4 + classes);
      const boxes = part(head, rows, 2, 0, 4);
      return { boxes, classes: bestClass(writer, part(head, rows, 2, 4, 4 + classes)) };
    },
  };
}

function yolov5(head: Head): Anchors {
  const { writer, classes } = head;
  const width = 5 + classes;
  const raw = outputAmong(head, `[batch, anchors, ${width}]`, (dims) => dims[2] === width);
  return {
    strengths: sureness(head, raw, width),
    count: countOf(head, raw, 1),
    overlapping: true,
    scores: (strengths) => strengths,
    pick: (index) => {
      const rows = pickRows(head, raw, index, width);
      const boxes = corners(writer, part(head, rows, 2, 0, 2), part(head, rows, 2, 2, 4));
      return { boxes, classes: bestClass(writer, part(head, rows, 2, 5, width)) };
    },
  };
}

/** Objectness times the best class of rows that are `width` wide. */
function sureness(head: Head, raw: string, width: number): string {
  const flat = head.writer.constant('flat', int64Tensor([0, -1]));
  const objectness = head.writer.node('Reshape', [part(head, raw, 2, 4, 5), flat]);
  return head.writer.node('Mul', [largest(head, part(head, raw, 2, 5, width), 2), objectness]);
}

function yolox(head: Head): Anchors {
  const { writer, classes, size, trial } = head;
  const width = 5 + classes;
  const cells = gridCells(trial.width, trial.height);
  const expected = `[batch, ${cells}, ${width}] for ${trial.width}x${trial.height}`;
  const raw = outputAmong(head, expected, (dims) => dims[1] === cells && dims[2] === width);
  return {
    strengths: sureness(head, raw, width),
    count: countOf(head, raw, 1),
    overlapping: true,
    scores: (strengths) => strengths,
    pick: (index) => {
      const rows = pickRows(head, raw, index, width);
      const { stride, corner } = cellsOfPicked(writer, size, index);
      const centres = writer.node('Mul', [writer.node('Add', [part(head, rows, 2, 0, 2), corner]), stride]);
      const sizes = writer.node('Mul', [writer.node('Exp', [part(head, rows, 2, 2, 4)]), stride]);
      return { boxes: corners(writer, centres, sizes), classes: bestClass(writer, part(head, rows, 2, 5, width)) };
    },
  };
}

function yolov8(head: Head): Anchors {
  const { writer, classes } = head;
  const width = 4 + classes;
  const raw = outputAmong(head, `[batch, ${width}, anchors]`, (dims) => dims[1] === width);
  return {
    strengths: largest(head, part(head, raw, 1, 4, width), 1),
    count: countOf(head, raw, 2),
    overlapping: true,
    scores: (strengths) => strengths,
    pick: (index) => {
      const row = writer.node('Reshape', [index, writer.constant('row', int64Tensor([0, 1, -1]))]);
      const wide = writer.node('Tile', [row, writer.constant('repeats', int64Tensor([1, width, 1]))]);
      const columns = writer.node('GatherElements', [raw, wide], { axis: asIntAttribute(2) });
      const rows = writer.node('Transpose', [columns], { perm: ints(0, 2, 1) });
      const boxes = corners(writer, part(head, rows, 2, 0, 2), part(head, rows, 2, 2, 4));
      return { boxes, classes: bestClass(writer, part(head, rows, 2, 4, width)) };
    },
  };
}

function detr(head: Head): Anchors {
  const { graph, writer, classes, size } = head;
  if (graph.outputs.some(({ name }) => name.toLowerCase().includes('label'))) {
    throw new Refusal(PASS, 'this detr model gives finished boxes already');
  }
  const inBoxes = (name: string) => name.toLowerCase().includes('box');
  const boxes = outputAmong(head, 'boxes [batch, queries, 4]', (dims) => dims[2] === 4, inBoxes);
  const logits = outputAmong(
    head,
    `logits [batch, queries, ${classes}]`,
    (dims, name) => name !== boxes && dims[2] === classes,
    (name) => name.toLowerCase().includes('logit'),
  );
  return {
    strengths: largest(head, logits, 2),
    count: countOf(head, boxes, 1),
    overlapping: false,
    scores: (strengths) => writer.node('Sigmoid', [strengths]),
    pick: (index) => {
      const rows = writer.node('Mul', [pickRows(head, boxes, index, 4), pixelsOf(writer, size)]);
      return {
        boxes: corners(writer, part(head, rows, 2, 0, 2), part(head, rows, 2, 2, 4)),
        classes: bestClass(writer, pickRows(head, logits, index, classes)),
      };
    },
  };
}

/** Width, height, width, height of the picture, as floats. */
function pixelsOf(writer: GraphWriter, size: PictureSize): string {
  const sides = [sideOf(writer, size, 'width'), sideOf(writer, size, 'height')];
  const four = writer.node('Concat', [...sides, ...sides], { axis: asIntAttribute(0) });
  return writer.node('Cast', [four], { to: asIntAttribute(1) });
}

/** The boxes of rows cx, cy and w, h. */
function corners(writer: GraphWriter, centres: string, sizes: string): string {
  const half = writer.node('Mul', [sizes, writer.constant('half', float32Tensor([], [0.5]))]);
  const ends = [writer.node('Sub', [centres, half]), writer.node('Add', [centres, half])];
  return writer.node('Concat', ends, { axis: asIntAttribute(2) });
}

/** The first of the largest, as the decoders choose it. */
function bestClass(writer: GraphWriter, scores: string): string {
  const index = writer.node('ArgMax', [scores], { axis: asIntAttribute(2), keepdims: asIntAttribute(1) });
  return writer.node('Cast', [index], { to: asIntAttribute(1) });
}

/** Numbers `from` to `to` of an axis. */
function part({ writer }: Head, value: string, axis: number, from: number, to: number): string {
  const [start, end, axes] = [from, to, axis].map((number) => writer.constant('number', int64Tensor([number])));
  return writer.node('Slice', [value, start!, end!, axes!]);
}

function largest({ writer, opset }: Head, value: string, axis: number): string {
  if (opset < 18) return writer.node('ReduceMax', [value], { axes: ints(axis), keepdims: asIntAttribute(0) });
  return writer.node('ReduceMax', [value, writer.constant('axis', int64Tensor([axis]))], {
    keepdims: asIntAttribute(0),
  });
}

/** Rows `[batch, K, width]` of `[batch, anchors, width]`. */
function pickRows({ writer, opset }: Head, value: string, index: string, width: number): string {
  const standing = writer.node('Reshape', [index, writer.constant('standing', int64Tensor([0, -1, 1]))]);
  if (opset >= 12) return writer.node('GatherND', [value, standing], { batch_dims: asIntAttribute(1) });
  const wide = writer.node('Tile', [standing, writer.constant('repeats', int64Tensor([1, 1, width]))]);
  return writer.node('GatherElements', [value, wide], { axis: asIntAttribute(1) });
}

function countOf({ dims, size }: Head, value: string, axis: number): number | null {
  return size.width === null || size.height === null ? null : (dims(value)?.[axis] ?? null);
}

/**
 * The output that fits, as floats. Where nothing is known of a shape, a name will do, or being the only one.
 * @throws Refusal where none fits
 */
function outputAmong(
  { graph, writer, dims }: Head,
  expected: string,
  fits: (dims: readonly number[], name: string) => boolean,
  named: (name: string) => boolean = () => graph.outputs.length === 1,
): string {
  const shaped = graph.outputs.filter(({ name }) => {
    const shape = dims(name);
    return shape?.length === 3 && fits(shape, name);
  });
  const unknown = graph.outputs.filter(({ name }) => dims(name) === null && named(name));
  const output = shaped.find(({ name }) => named(name)) ?? shaped[0] ?? unknown[0];
  if (output?.type === 'float32') return output.name;
  if (output?.type === 'float16') return writer.node('Cast', [output.name], { to: asIntAttribute(1) });
  const given = graph.outputs.map(({ name }) => `${name} [${dims(name)?.join(', ') ?? 'of unknown shape'}]`);
  throw new Refusal(PASS, `expected ${expected}, the model gives ${given.join(', ')}`);
}
