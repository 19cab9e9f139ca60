import type { Family } from '../../src/detect/detector.js';
import { makeNode, type Node } from '../../src/onnx/graph.js';
import type { Model } from '../../src/onnx/model.js';
import { float32Tensor, int64Tensor, type Tensor } from '../../src/onnx/tensor.js';
import { ints, smallModel } from '../onnx/small-model.js';

/** Pixels of the input. */
export const SMALL = { width: 64, height: 32 } as const;
const CELLS = 32;
const CLASSES = 2;
/** Vehicles in every picture: corners in pixels, and class. */
const CARS = [
  [2, 2, 14, 12, 0],
  [20, 2, 34, 12, 1],
  [40, 2, 54, 12, 0],
  [2, 18, 14, 30, 0],
  [20, 18, 34, 30, 1],
  [40, 18, 54, 30, 0],
] as const;
const SURE = 0.9;

/** A detector of a family as it is exported, as small as it can be: a convolution that looks at the picture, and six vehicles. */
export function familyModel(family: Family): Model {
  switch (family) {
    case 'roadside':
      return answering('detections', [rowsOf(([x1, y1, x2, y2], scores) => [x1, y1, x2, y2, ...scores], CELLS)]);
    case 'yolov8':
      return answering('output0', [transposed(rowsOf((box, scores) => [...middleOf(box), ...scores], CELLS))]);
    case 'yolov10':
      return answering('output0', [
        rowsOf((box, scores) => [...box, Math.max(...scores), scores.indexOf(SURE)], CELLS),
      ]);
    case 'yolox':
      return answering('output', [yoloxRows()]);
    case 'yolov5':
      return answering('output0', [rowsOf((box, scores) => [...middleOf(box), SURE, ...scores.map(Math.ceil)], CELLS)]);
    case 'yolo-nas':
      return answering('boxes', [rowsOf((box) => box, CELLS), rowsOf((_, scores) => scores, CELLS)]);
    case 'ssd':
      return answering('boxes', [
        rowsOf((box) => box.map(asFraction), CELLS),
        rowsOf((_, scores) => [0.1, ...scores], CELLS),
      ]);
    case 'efficientnms':
      return answering(
        'boxes',
        [
          rowsOf((box) => box, CELLS),
          rowsOf((_, scores) => [Math.max(...scores)], CELLS),
          rowsOf((_, scores) => [scores.indexOf(SURE)], CELLS),
        ],
        ['scores', 'classes'],
      );
    case 'rf-detr':
    case 'detr':
      return answering('pred_boxes', [
        rowsOf((box) => middleOf(box).map(asFraction), CELLS),
        rowsOf((_, scores) => scores.map((score) => (score > 0 ? 3 : -6)), CELLS, -6),
      ]);
  }
}

/** @param at 0 and 2 run along the width */
const asFraction = (value: number, at: number) => value / (at % 2 === 0 ? SMALL.width : SMALL.height);

type Rows = readonly (readonly number[])[];
type Box = readonly [x1: number, y1: number, x2: number, y2: number];

function rowsOf(write: (box: Box, scores: number[]) => readonly number[], count: number, filler = 0): Rows {
  const rows = CARS.map(([x1, y1, x2, y2, classIndex]) => {
    const scores = Array.from({ length: CLASSES }, (_, at) => (at === classIndex ? SURE : 0));
    return write([x1, y1, x2, y2], scores);
  });
  const empty = rows[0]!.map(() => filler);
  return Array.from({ length: count }, (_, at) => rows[at] ?? empty);
}

/** Cells of stride 8, 16 and 32; the vehicles lie in those of stride 8, told as offsets from them. */
function yoloxRows(): Rows {
  const anchors = 32 + 8 + 2;
  const vehicles = rowsOf((box, scores) => [...middleOf(box), 1, ...scores], CARS.length);
  return Array.from({ length: anchors }, (_, at) => {
    const vehicle = vehicles[at];
    if (!vehicle) return Array.from({ length: 5 + CLASSES }, () => 0);
    const [cx, cy, width, height, ...rest] = vehicle as number[];
    return [cx! / 8 - (at % 8), cy! / 8 - Math.floor(at / 8), Math.log(width! / 8), Math.log(height! / 8), ...rest];
  });
}

const middleOf = ([x1, y1, x2, y2]: Box): number[] => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];

const transposed = (rows: Rows): Rows => rows[0]!.map((_, column) => rows.map((row) => row[column]!));

/** The convolution's mean, nearly nothing, is added to every output, so that the picture reaches them. */
function answering(name: string, outputs: readonly Rows[], others: readonly string[] = ['logits']): Model {
  const { width, height } = SMALL;
  const constants: Record<string, Tensor> = {
    weights: float32Tensor(
      [4, 3, 3, 3],
      Array.from({ length: 108 }, (_, at) => (((at * 7) % 11) - 5) / 50),
    ),
    bias: float32Tensor([4], [0.5, 0, -0.5, 0]),
    shape: int64Tensor([-1, 1, 1]),
    little: float32Tensor([], [1e-4]),
  };
  const nodes: Node[] = [
    makeNode('Conv', 'stem', ['images', 'weights', 'bias'], ['stem'], { pads: ints(1, 1, 1, 1) }),
    makeNode('Relu', 'relu', ['stem'], ['seen']),
    makeNode('ReduceMean', 'mean', ['seen'], ['mean'], { axes: ints(1, 2, 3) }),
    makeNode('Reshape', 'reshape', ['mean', 'shape'], ['level']),
    makeNode('Mul', 'dim', ['level', 'little'], ['glimpse']),
  ];
  const values = outputs.map((rows, at) => {
    const output = at === 0 ? name : others[at - 1]!;
    constants[`${output}_rows`] = float32Tensor([1, rows.length, rows[0]!.length], rows.flat());
    nodes.push(makeNode('Add', `${output}_add`, [`${output}_rows`, 'glimpse'], [output]));
    return { name: output, type: 'float32', dims: [1, rows.length, rows[0]!.length] } as const;
  });
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, height, width] }],
    outputs: values,
    constants,
    nodes,
  });
}
