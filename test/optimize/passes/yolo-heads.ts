import { type Attribute, makeNode, type Node } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { float32Tensor, int64Tensor, type Tensor } from '../../../src/onnx/tensor.js';
import { noise } from '../../onnx/every-value.js';
import { int, ints, smallModel, string } from '../../onnx/small-model.js';

const filters = (seed: number, ...dims: number[]) =>
  float32Tensor(
    dims,
    noise(
      dims.reduce((n, dim) => n * dim, 1),
      seed,
    ),
  );

/**
 * A YOLOv8 head over two scales as its exporter writes it, small: per scale a convolution for 4 x 4 box bins and one
 * for the classes, joined, split, the boxes decoded from their distributions, the scores through a sigmoid:
 * [batch, 4 + classes, anchors].
 */
export function yolov8Head(classes: number): Model {
  const bins = 4;
  const rows = 4 * bins + classes;
  const constants: Record<string, Tensor> = {
    first: int64Tensor([0]),
    rows: int64Tensor([rows]),
    rest: int64Tensor([-1]),
    parts: int64Tensor([4 * bins, classes]),
    bins: int64Tensor([0, 4, bins, -1]),
    four: int64Tensor([0, 4, -1]),
    weights: float32Tensor([1, bins, 1, 1], [0, 1, 2, 3]),
    stride: float32Tensor([], [8]),
  };
  const nodes: Node[] = [];
  const add = (op: string, inputs: string[], outputs: string[], attributes: Record<string, Attribute> = {}) =>
    nodes.push(makeNode(op, outputs[0]!, inputs, outputs, attributes));
  for (const scale of [0, 1]) {
    constants[`stem${scale}_w`] = filters(1 + scale, 6, scale === 0 ? 3 : 6, 3, 3);
    constants[`box${scale}_w`] = filters(3 + scale, 4 * bins, 6, 1, 1);
    constants[`class${scale}_w`] = filters(5 + scale, classes, 6, 1, 1);
    constants[`class${scale}_b`] = filters(7 + scale, classes);
    const from = scale === 0 ? 'images' : 'stem0';
    add('Conv', [from, `stem${scale}_w`], [`stem${scale}`], { strides: ints(2, 2), pads: ints(1, 1, 1, 1) });
    add('Conv', [`stem${scale}`, `box${scale}_w`], [`box${scale}`]);
    add('Conv', [`stem${scale}`, `class${scale}_w`, `class${scale}_b`], [`class${scale}`]);
    add('Concat', [`box${scale}`, `class${scale}`], [`both${scale}`], { axis: int(1) });
    // the batch size is read from the picture, the rows are written down
    add('Shape', [`stem0`], [`size${scale}`]);
    add('Gather', [`size${scale}`, 'first'], [`batch${scale}`], { axis: int(0) });
    add('Concat', [`batch${scale}`, 'rows', 'rest'], [`flat${scale}`], { axis: int(0) });
    add('Reshape', [`both${scale}`, `flat${scale}`], [`level${scale}`]);
  }
  add('Concat', ['level0', 'level1'], ['levels'], { axis: int(2) });
  add('Split', ['levels', 'parts'], ['boxes', 'classes'], { axis: int(1) });
  add('Reshape', ['boxes', 'bins'], ['distribution']);
  add('Transpose', ['distribution'], ['turned'], { perm: ints(0, 2, 1, 3) });
  add('Softmax', ['turned'], ['shares'], { axis: int(1) });
  add('Conv', ['shares', 'weights'], ['distances']);
  add('Reshape', ['distances', 'four'], ['offsets']);
  add('Mul', ['offsets', 'stride'], ['pixels']);
  add('Sigmoid', ['classes'], ['scores']);
  add('Concat', ['pixels', 'scores'], ['output0'], { axis: int(1) });
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: ['batch', 3, 'height', 'width'] }],
    outputs: [{ name: 'output0', type: 'float32', dims: ['batch', 4 + classes, 'anchors'] }],
    constants,
    nodes,
  });
}

/** The last layer of RT-DETR: logits [batch, queries, classes] from a linear layer, and boxes. */
export function detrHead(classes: number): Model {
  return smallModel({
    inputs: [{ name: 'queries', type: 'float32', dims: ['batch', 5, 6] }],
    outputs: [
      { name: 'logits', type: 'float32', dims: ['batch', 5, classes] },
      { name: 'boxes', type: 'float32', dims: ['batch', 5, 4] },
    ],
    constants: { w: filters(1, 6, classes), b: filters(2, classes), v: filters(3, 6, 4) },
    nodes: [
      makeNode('MatMul', 'linear', ['queries', 'w'], ['product']),
      makeNode('Add', 'bias', ['b', 'product'], ['logits']),
      makeNode('MatMul', 'boxes', ['queries', 'v'], ['boxes']),
    ],
  });
}

/** YOLOX with its boxes decoded in the graph by slices of the joined rows: [batch, anchors, 5 + classes]. */
export function decodedYoloxHead(classes: number): Model {
  const slice = (from: number, to: number) => ({ starts: int64Tensor([from]), ends: int64Tensor([to]) });
  const parts = { xy: slice(0, 2), wh: slice(2, 4), rest: slice(4, 2 ** 31 - 1) };
  const constants: Record<string, Tensor> = {
    axis: int64Tensor([-1]),
    flat: int64Tensor([0, 5 + classes, -1]),
    stride: float32Tensor([], [8]),
    box_w: filters(1, 4, 3, 1, 1),
    object_w: filters(2, 1, 3, 1, 1),
    class_w: filters(3, classes, 3, 1, 1),
  };
  for (const [name, { starts, ends }] of Object.entries(parts)) {
    constants[`${name}_from`] = starts;
    constants[`${name}_to`] = ends;
  }
  const cut = (name: string) => makeNode('Slice', name, ['rows', `${name}_from`, `${name}_to`, 'axis'], [name]);
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 4, 4] }],
    outputs: [{ name: 'output', type: 'float32', dims: [1, 16, 5 + classes] }],
    constants,
    nodes: [
      makeNode('Conv', 'box', ['images', 'box_w'], ['box']),
      makeNode('Conv', 'object', ['images', 'object_w'], ['object']),
      makeNode('Conv', 'class', ['images', 'class_w'], ['class']),
      makeNode('Concat', 'join', ['box', 'object', 'class'], ['joined'], { axis: int(1) }),
      makeNode('Reshape', 'flatten', ['joined', 'flat'], ['flattened']),
      makeNode('Transpose', 'turn', ['flattened'], ['rows'], { perm: ints(0, 2, 1) }),
      cut('xy'),
      cut('wh'),
      cut('rest'),
      makeNode('Mul', 'scale', ['xy', 'stride'], ['centres']),
      makeNode('Exp', 'exp', ['wh'], ['sizes']),
      makeNode('Sigmoid', 'sigmoid', ['rest'], ['scores']),
      makeNode('Concat', 'output', ['centres', 'sizes', 'scores'], ['output'], { axis: int(2) }),
    ],
  });
}

/** A roadside head whose class filters are int8, one scale per filter, as a quantized model has them. */
export function quantizedHead(classes: number): Model {
  const bytes = Uint8Array.from(noise(classes * 3), (value) => (value * 127) & 255);
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 2, 2] }],
    outputs: [{ name: 'detections', type: 'float32', dims: [1, 4, 4 + classes] }],
    constants: {
      box_w: filters(1, 4, 3, 1, 1),
      class_q: { type: 'int8', dims: [classes, 3, 1, 1], bytes },
      class_s: float32Tensor(
        [classes],
        Float32Array.from({ length: classes }, (_, i) => 0.01 * (i + 1)),
      ),
      scale: float32Tensor([], [0.02]),
      zero: { type: 'uint8', dims: [], bytes: new Uint8Array([128]) },
      flat: int64Tensor([1, -1, 4]),
    },
    nodes: [
      makeNode('Conv', 'box', ['images', 'box_w'], ['box']),
      makeNode('DequantizeLinear', 'weights', ['class_q', 'class_s'], ['class_w'], { axis: int(0) }),
      makeNode('Conv', 'class', ['images', 'class_w'], ['class']),
      makeNode('QuantizeLinear', 'q', ['class', 'scale', 'zero'], ['quantized']),
      makeNode('DequantizeLinear', 'dq', ['quantized', 'scale', 'zero'], ['again']),
      makeNode('Concat', 'join', ['box', 'again'], ['joined'], { axis: int(1) }),
      makeNode('Reshape', 'flatten', ['joined', 'flat'], ['flattened']),
      makeNode('Transpose', 'turn', ['flattened'], ['detections'], { perm: ints(0, 2, 1) }),
    ],
  });
}

/** A head whose class scores depend on each other. */
export function softmaxHead(): Model {
  return smallModel({
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 4] }],
    outputs: [{ name: 'detections', type: 'float32', dims: [1, 4, 7] }],
    constants: { w: filters(1, 3, 3, 1), v: filters(2, 4, 3, 1) },
    nodes: [
      makeNode('Conv', 'class', ['images', 'w'], ['class']),
      makeNode('Conv', 'box', ['images', 'v'], ['box'], { auto_pad: string('NOTSET') }),
      makeNode('Softmax', 'softmax', ['class'], ['shares'], { axis: int(1) }),
      makeNode('Concat', 'join', ['box', 'shares'], ['joined'], { axis: int(1) }),
      makeNode('Transpose', 'turn', ['joined'], ['detections'], { perm: ints(0, 2, 1) }),
    ],
  });
}
