import { intAttribute } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor, floatsOf } from '../../onnx/tensor.js';
import type { FollowedChannels } from './follow-channels.js';
import type { ChannelReader } from './importance.js';
import { foretell } from './least-squares.js';

const RIDGE = 1e-3;

/**
 * Prepares the layers that read channels for their loss: what the channels that stay say about those that go is moved
 * into the weights of the former, the rest, on average, into the bias (interpolative decomposition, as in Chee et al.,
 * "Model preserving compression for neural networks", 2022). Cheap: it needs covariances only.
 *
 * @returns the model with other weights; nothing is cut out of it yet
 */
export function makeUp(
  model: Model,
  { channels, lanes }: FollowedChannels,
  readers: readonly ChannelReader[],
  removed: ReadonlySet<number>,
): Model {
  const changed = copyModel(model);
  const { graph } = changed;
  for (const { node, inputs, variation } of readers) {
    const gone: number[] = [];
    const stays: number[] = [];
    for (const [place, lane] of lanes.get(node.inputs[0]!)!.entries()) {
      (removed.has(channels.idOf(lane)) ? gone : stays).push(place);
    }
    const treated = node.op === 'Conv' && intAttribute(node, 'group', 1) === 1;
    if (!treated || gone.length === 0 || stays.length === 0) continue;
    const shares = foretell(variation.covariance, inputs, gone, stays, RIDGE);
    const rests = gone.map(
      (place, i) =>
        variation.mean[place]! -
        stays.reduce((sum, other, j) => sum + shares[i * stays.length + j]! * variation.mean[other]!, 0),
    );
    const tensor = graph.constant(node.inputs[1]!)!;
    const outputs = tensor.dims[0]!;
    const weights = floatsOf(tensor).slice();
    const kernel = weights.length / (outputs * inputs);
    const held = graph.constant(node.inputs[2] ?? '');
    const bias = held ? floatsOf(held).slice() : new Float32Array(outputs);
    for (let output = 0; output < outputs; output++) {
      const row = output * inputs * kernel;
      for (const [i, place] of gone.entries()) {
        for (let k = 0; k < kernel; k++) {
          const weight = weights[row + place * kernel + k]!;
          bias[output]! += weight * rests[i]!;
          for (const [j, other] of stays.entries()) {
            weights[row + other * kernel + k]! += weight * shares[i * stays.length + j]!;
          }
        }
      }
    }
    const weightsName = graph.freshName(`${node.inputs[1]}/made up`);
    graph.setInitializer(weightsName, float32Tensor(tensor.dims, weights));
    const biasName = graph.freshName(`${node.name}/bias/made up`);
    graph.setInitializer(biasName, float32Tensor([outputs], bias));
    graph.replace(node, { ...node, inputs: [node.inputs[0]!, weightsName, biasName] });
  }
  return changed;
}
