import { floatAttribute, type Graph, type Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor, floatsOf } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import { scaleChannels } from './weights.js';

/**
 * Computes each BatchNormalization into the convolution before it. The runtime does so too, but no longer once a quantizer
 * stands between them.
 */
export function foldBatchNorm(model: Model): Model {
  const copy = copyModel(model);
  const { graph } = copy;
  for (const norm of graph.nodes.filter(({ op }) => op === 'BatchNormalization')) {
    const conv = graph.producer(norm.inputs[0]!);
    if (conv && canFold(graph, conv, norm)) fold(graph, conv, norm);
  }
  removeDead(graph);
  return copy;
}

function canFold(graph: Graph, conv: Node, norm: Node): boolean {
  const constants = [...conv.inputs.slice(1), ...norm.inputs.slice(1)].filter((name) => name !== '');
  return (
    conv.op === 'Conv' &&
    norm.outputs.filter((name) => name !== '').length === 1 &&
    graph.consumers(conv.outputs[0]!).length === 1 &&
    !graph.isOutput(conv.outputs[0]!) &&
    constants.every((name) => graph.constant(name)?.type === 'float32')
  );
}

function fold(graph: Graph, conv: Node, norm: Node): void {
  const floats = (name: string) => floatsOf(graph.constant(name)!);
  const [gamma, beta, mean, variance] = norm.inputs.slice(1).map(floats);
  const epsilon = floatAttribute(norm, 'epsilon', 1e-5);
  const factors = gamma!.map((value, channel) => value / Math.sqrt(variance![channel]! + epsilon));
  const weights = graph.constant(conv.inputs[1]!)!;
  const before = conv.inputs[2] ? floats(conv.inputs[2]) : new Float32Array(factors.length);
  const bias = before.map((value, channel) => (value - mean![channel]!) * factors[channel]! + beta![channel]!);
  const names = [graph.freshName(`${conv.name}_weight_folded`), graph.freshName(`${conv.name}_bias_folded`)] as const;
  graph.setInitializer(names[0], float32Tensor(weights.dims, scaleChannels(weights, 0, factors)));
  graph.setInitializer(names[1], float32Tensor([bias.length], bias));
  graph.replace(conv, { ...conv, inputs: [conv.inputs[0]!, ...names], outputs: [norm.outputs[0]!] });
  graph.remove([norm]);
}
