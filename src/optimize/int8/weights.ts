import { floatsOf, type Tensor } from '../../onnx/tensor.js';
import { roundHalfEven } from './quantizer.js';

/** Weights as s8 with zero point 0 and a scale per output channel. */
export interface QuantizedWeights {
  readonly dims: readonly number[];
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** The largest s8 weight: -128 is not used, so that the numbers are symmetric. */
export const FULL_RANGE = 127;
/**
 * The largest 7-bit weight: the x86 instructions before VNNI add two products of u8 and s8 in 16 bits, which full weights
 * overflow.
 */
export const REDUCED_RANGE = 63;

/** A bias must fit int32 in units of input scale × weight scale; half of it leaves room for the sum. */
const MAX_BIAS = 2 ** 30;

/** How a layer's weights lie in memory: `outer` blocks of `channels` rows of `inner` numbers. */
interface Layout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/**
 * @param axis of the output channels
 * @param bias of the layer, one per output channel; a channel whose weights are tiny beside it gets a larger scale
 * @param inputScale of the layer's input
 */
export function quantizeWeights(
  weights: Tensor,
  axis: number,
  bias: Float32Array | null,
  inputScale: number,
  limit: number,
): QuantizedWeights {
  const data = floatsOf(weights);
  const layout = layoutOf(weights.dims, axis);
  const scales = largest(data, layout).map((most, channel) => {
    const needed = bias ? Math.abs(bias[channel]!) / inputScale / MAX_BIAS : 0;
    return Math.max(most / limit, needed) || 1;
  });
  const values = new Int8Array(data.length);
  eachRow(layout, (channel, from, to) => {
    const scale = scales[channel]!;
    for (let i = from; i < to; i++) values[i] = Math.max(-limit, Math.min(limit, roundHalfEven(data[i]! / scale)));
  });
  return { dims: weights.dims, values, scales };
}

/** The real numbers that quantized weights stand for. */
export function dequantizeWeights({ dims, values, scales }: QuantizedWeights, axis: number): Float32Array {
  const data = new Float32Array(values.length);
  eachRow(layoutOf(dims, axis), (channel, from, to) => {
    for (let i = from; i < to; i++) data[i] = values[i]! * scales[channel]!;
  });
  return data;
}

/** A bias in units of input scale × weight scale, as the sums of a quantized layer are. */
export function quantizeBias(bias: Float32Array, inputScale: number, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, channel) => roundHalfEven(value / (inputScale * scales[channel]!)));
}

/** Scales that ONNX Runtime will read a bias with: rounded to float32 as it does. */
export function biasScales(inputScale: number, scales: Float32Array): Float32Array {
  return scales.map((scale) => inputScale * scale);
}

/** Largest magnitude per channel. */
export function largestPerChannel(weights: Tensor, axis: number): Float32Array {
  return largest(floatsOf(weights), layoutOf(weights.dims, axis));
}

/** Weights whose channels are multiplied each by a factor. */
export function scaleChannels(weights: Tensor, axis: number, factors: ArrayLike<number>): Float32Array {
  const data = Float32Array.from(floatsOf(weights));
  eachRow(layoutOf(weights.dims, axis), (channel, from, to) => {
    for (let i = from; i < to; i++) data[i]! *= factors[channel]!;
  });
  return data;
}

function largest(data: Float32Array, layout: Layout): Float32Array {
  const most = new Float32Array(layout.channels);
  eachRow(layout, (channel, from, to) => {
    for (let i = from; i < to; i++) most[channel] = Math.max(most[channel]!, Math.abs(data[i]!));
  });
  return most;
}

function layoutOf(dims: readonly number[], axis: number): Layout {
  const product = (part: readonly number[]) => part.reduce((a, b) => a * b, 1);
  return { outer: product(dims.slice(0, axis)), channels: dims[axis]!, inner: product(dims.slice(axis + 1)) };
}

function eachRow({ outer, channels, inner }: Layout, row: (channel: number, from: number, to: number) => void): void {
  for (let block = 0; block < outer; block++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (block * channels + channel) * inner;
      row(channel, from, from + inner);
    }
  }
}
