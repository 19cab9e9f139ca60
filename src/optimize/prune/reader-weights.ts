import { type Graph, intAttribute, type Node } from '../../onnx/graph.js';
import { floatsOf } from '../../onnx/tensor.js';

/** A layer's filters, one after the other. */
export function filters(graph: Graph, node: Node): { rows: Float32Array | Float64Array; perRow: number } {
  const weights = graph.constant(node.inputs[1]!)!;
  const values = floatsOf(weights);
  const [a, b] = weights.dims as [number, number];
  const outputsFirst = node.op === 'Conv' || (node.op === 'Gemm' && intAttribute(node, 'transB', 0) === 1);
  if (outputsFirst) return { rows: values, perRow: values.length / a };
  const inner = values.length / (a * b);
  const rows = new Float64Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let o = 0; o < b; o++) {
      for (let k = 0; k < inner; k++) rows[(o * a + i) * inner + k] = values[(i * b + o) * inner + k]!;
    }
  }
  return { rows, perRow: a * inner };
}

/**
 * What a layer makes of each channel that it reads.
 * @returns [outputs x kernel places, inputs]; null for a depthwise layer, through which channels only pass
 */
export function readerWeights(graph: Graph, node: Node): { weights: Float64Array; inputs: number } | null {
  const group = intAttribute(node, 'group', 1);
  const { rows, perRow } = filters(graph, node);
  const { dims } = graph.constant(node.inputs[1]!)!;
  const kernel = dims.slice(2).reduce((product, dim) => product * dim, 1);
  const perGroup = perRow / kernel;
  if (group > 1 && (perGroup === 1 || node.op === 'ConvTranspose')) return null;
  const inputs = perGroup * group;
  const outputs = rows.length / perRow;
  const weights = new Float64Array(outputs * kernel * inputs);
  for (let output = 0; output < outputs; output++) {
    const first = Math.floor((output * group) / outputs) * perGroup;
    for (let input = 0; input < perGroup; input++) {
      for (let place = 0; place < kernel; place++) {
        weights[(output * kernel + place) * inputs + first + input] =
          rows[(output * perGroup + input) * kernel + place]!;
      }
    }
  }
  return { weights, inputs };
}
