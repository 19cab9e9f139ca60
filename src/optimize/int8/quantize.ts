import { type Model, opsetOf } from '../../onnx/model.js';
import { convertOpset } from '../../onnx/opset.js';
import { Refusal } from '../../onnx/refusal.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { findLayers } from './layers.js';
import { findPictureInput } from './picture-input.js';
import type { Scheme } from './quantizer.js';
import type { Method } from './range-methods.js';
import { Search } from './search.js';

export interface Int8Options {
  /** Calibration. */
  readonly inputs: ModelInputs;
  /** cpu: u8 activations; tensorrt, arm: s8 symmetric. */
  readonly scheme: Scheme;
  /** F1 (0..1) of a candidate against its parent, on frames that are not among the inputs. */
  score(model: Model): Promise<number>;
  /** Of the picture input: where it is bytes 0..255 they are quantized without loss, so that they may be fed as they are. */
  readonly inputRange?: readonly [number, number];
  onProgress?(done: number, total: number, what: string): void;
  readonly signal?: AbortSignal;
}

/** How much quantizing one layer harms. */
export interface LayerSensitivity {
  readonly node: string;
  readonly op: string;
  /**
   * Signal to quantization noise at the layer's output with this layer alone quantized (input, weights and output), its
   * input computed in float. Infinity where it cannot be quantized.
   */
  readonly sqnrDb: number;
  /** Score with this layer in float and the others as chosen; null where it was not tried. */
  readonly scoreWithout: number | null;
  readonly keptInFloat: boolean;
  readonly reason: string | null;
}

export interface Int8Result {
  readonly model: Model;
  readonly method: Method;
  /** Of everything that was tried, by its name; `chosen` is the model's own. */
  readonly scores: Record<string, number>;
  /** Of every layer with weights, in the graph's order. */
  readonly sensitivity: LayerSensitivity[];
  readonly notes: string[];
}

const PASS = 'int8';
/** Quantization with a scale per channel came with it. */
const LEAST_OPSET = 13;
const TARGET_OPSET = 17;

/**
 * Quantizes a float detector to int8 (static, QDQ): weights s8 per channel, activations as the scheme wants them, biases
 * int32. How ranges are chosen, whether weights are equalized and biases corrected (Nagel et al., "Data-Free Quantization
 * Through Weight Equalization and Bias Correction", 2019) and what stays in float is decided by the score.
 *
 * @throws Refusal where there is nothing to quantize or the model is quantized already
 * @throws the signal's reason when it is aborted
 */
export async function quantizeInt8(model: Model, options: Int8Options): Promise<Int8Result> {
  const { inputRange, scheme, inputs, signal, onProgress } = options;
  const float = prepare(model, options);
  const search = new Search(float, {
    inputs,
    scheme,
    inputRange: inputRange ?? null,
    signal,
    score: (candidate) => options.score(candidate),
    onProgress: (...args) => onProgress?.(...args),
  });
  const { calibrated, recipe, scores, errors, withoutLayer } = await search.run();
  const picture = inputRange && findPictureInput(float.graph, inputRange, scheme);
  const notes = picture && 'reason' in picture ? [`the picture is quantized with loss: ${picture.reason}`] : [];
  const sensitivity = calibrated.layers.map(({ node: { name, op }, reason, last }): LayerSensitivity => {
    const keptInFloat = reason !== null || recipe.inFloat.has(name);
    const why = reason ?? (last ? 'it computes boxes or scores' : 'it costs too much accuracy in int8');
    const sqnrDb = errors.get(name)?.sqnrDb ?? Number.POSITIVE_INFINITY;
    const scoreWithout = withoutLayer.get(name) ?? null;
    return { node: name, op, sqnrDb, scoreWithout, keptInFloat, reason: keptInFloat ? why : null };
  });
  return { model: calibrated.write(recipe), method: recipe.method, scores, sensitivity, notes };
}

function prepare(model: Model, { inputs, scheme }: Int8Options): Model {
  const done = model.graph.nodes.find(({ op }) => op.includes('QuantizeLinear') || op.startsWith('QLinear'));
  if (done) throw new Refusal(PASS, 'the model is quantized already', done);
  if (inputs.count === 0) throw new Refusal(PASS, 'there are no pictures to calibrate with');
  const current = opsetOf(model) < LEAST_OPSET ? convertOpset(model, TARGET_OPSET) : model;
  const float = foldBatchNorm(current);
  const layers = findLayers(float.graph, scheme);
  const [first] = layers;
  if (!first) throw new Refusal(PASS, 'there is no convolution and no matrix product with constant weights');
  if (layers.every(({ reason }) => reason !== null)) {
    throw new Refusal(PASS, `no layer can be quantized; of the first, ${first.reason}`, first.node);
  }
  return float;
}
