import { type Graph, intAttribute, intsAttribute, type Node, stringAttribute } from '../../onnx/graph.js';
import { float32Tensor, floatsOf, type Tensor } from '../../onnx/tensor.js';

/**
 * A convolution (or Gemm, as one of 1x1) as a matrix per group: outputs of a group by `unknowns`, which are the channels
 * of the group at each place of the kernel, kernel place by kernel place.
 */
export interface LinearMap {
  readonly node: Node;
  readonly groups: number;
  /** Channels of the input and of the output, over all groups. */
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly dilations: readonly [height: number, width: number];
  /** Rows and columns added before the input's first. */
  readonly pads: readonly [top: number, left: number];
  /** Columns of the matrix of a group. */
  readonly unknowns: number;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/** @returns null for what is no such map, or has weights that are computed */
export function linearMapOf(node: Node, graph: Graph, shapes: Shapes): LinearMap | null {
  const weights = graph.constant(node.inputs[1] ?? '');
  if (weights?.type !== 'float32' || node.domain !== '') return null;
  if (node.op === 'Gemm') return gemm(node, weights);
  return node.op === 'Conv' && weights.dims.length === 4 ? convolution(node, weights, shapes) : null;
}

function gemm(node: Node, weights: Tensor): LinearMap | null {
  const scales = [...node.attributes.values()].some(({ type, value }) => type === 'float' && value !== 1);
  if (scales || intAttribute(node, 'transA', 0) !== 0) return null;
  const [outputs, inputs] = (intAttribute(node, 'transB', 0) ? weights.dims : weights.dims.toReversed()) as Pair;
  const one: Pair = [1, 1];
  return {
    node,
    groups: 1,
    inputs,
    outputs,
    unknowns: inputs,
    kernel: one,
    strides: one,
    dilations: one,
    pads: [0, 0],
  };
}

type Pair = [number, number];

function convolution(node: Node, { dims }: Tensor, shapes: Shapes): LinearMap {
  const [outputs, perGroup, height, width] = dims as [number, number, number, number];
  const groups = intAttribute(node, 'group', 1);
  const strides = intsAttribute(node, 'strides', [1, 1]) as Pair;
  const dilations = intsAttribute(node, 'dilations', [1, 1]) as Pair;
  const kernel: Pair = [height, width];
  const same = stringAttribute(node, 'auto_pad', 'NOTSET');
  const pads = same.startsWith('SAME')
    ? ([0, 1].map((axis) => {
        const [from, to] = [shapes.get(node.inputs[0]!)![axis + 2]!, shapes.get(node.outputs[0]!)![axis + 2]!];
        const reach = (to - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
        const added = Math.max(0, reach - from) / 2;
        return same === 'SAME_UPPER' ? Math.floor(added) : Math.ceil(added);
      }) as Pair)
    : ((intsAttribute(node, 'pads', [0, 0, 0, 0]) as readonly number[]).slice(0, 2) as Pair);
  return {
    node,
    groups,
    inputs: perGroup * groups,
    outputs,
    unknowns: perGroup * height * width,
    kernel,
    strides,
    dilations,
    pads: same === 'VALID' ? [0, 0] : pads,
  };
}

/** The weights as rows of the matrices: [groups, outputs per group, kernel places, channels per group]. */
export function rowsOfWeights({ node, outputs, kernel, unknowns }: LinearMap, graph: Graph): Float64Array {
  const weights = floatsOf(graph.constant(node.inputs[1]!)!);
  const places = kernel[0] * kernel[1];
  const channels = unknowns / places;
  const rows = new Float64Array(outputs * unknowns);
  const transposed = node.op === 'Gemm' && intAttribute(node, 'transB', 0) === 0;
  for (let row = 0; row < outputs; row++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < places; place++) {
        const from = transposed ? channel * outputs + row : (row * channels + channel) * places + place;
        rows[row * unknowns + place * channels + channel] = weights[from]!;
      }
    }
  }
  return rows;
}

/** The tensor that the rows came from. */
export function weightsOfRows(map: LinearMap, rows: Float64Array, dims: readonly number[]): Tensor {
  const { node, outputs, kernel, unknowns } = map;
  const places = kernel[0] * kernel[1];
  const channels = unknowns / places;
  const weights = new Float32Array(outputs * unknowns);
  const transposed = node.op === 'Gemm' && intAttribute(node, 'transB', 0) === 0;
  for (let row = 0; row < outputs; row++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < places; place++) {
        const to = transposed ? channel * outputs + row : (row * channels + channel) * places + place;
        weights[to] = rows[row * unknowns + place * channels + channel]!;
      }
    }
  }
  return float32Tensor(dims, weights);
}
