import { stringAttribute } from '../graph.js';
import { type Call, type ShapeRule, type ShapeRules, shaped } from './call.js';

/** Geometry of a window that slides over the spatial dimensions of [N, C, D1, D2, …]. */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** First all that lie before, then all that lie behind. */
  readonly pads: readonly number[];
  readonly autoPad: string;
}

function windowOf(call: Call, spatial: number, kernel: readonly number[]): Window {
  const ones = new Array<number>(spatial).fill(1);
  const window = {
    kernel,
    strides: call.ints('strides') ?? ones,
    dilations: call.ints('dilations') ?? ones,
    pads: call.ints('pads') ?? new Array<number>(2 * spatial).fill(0),
    autoPad: stringAttribute(call.node, 'auto_pad', 'NOTSET'),
  };
  const { strides, dilations, pads } = window;
  if (
    kernel.length !== spatial ||
    strides.length !== spatial ||
    dilations.length !== spatial ||
    pads.length !== 2 * spatial
  ) {
    call.fail(`has a kernel of [${kernel.join(', ')}] for ${spatial} spatial dimensions`);
  }
  if (strides.some((stride) => stride < 1)) call.fail(`has strides of [${strides.join(', ')}]`);
  return window;
}

function slide(call: Call, input: readonly number[], window: Window): number[] {
  const roundsUp = call.int('ceil_mode', 0) === 1;
  return input.map((size, i) => {
    const stride = window.strides[i]!;
    const reach = (window.kernel[i]! - 1) * window.dilations[i]! + 1;
    if (window.autoPad.startsWith('SAME')) return Math.ceil(size / stride);
    const before = window.autoPad === 'VALID' ? 0 : window.pads[i]!;
    const behind = window.autoPad === 'VALID' ? 0 : window.pads[i + input.length]!;
    const steps = (size + before + behind - reach) / stride;
    if (steps < 0) call.fail(`has a window of ${reach} over ${size} with padding ${before} and ${behind}`);
    if (!roundsUp) return Math.floor(steps) + 1;
    const length = Math.ceil(steps) + 1;
    // the last window must begin inside the picture
    return (length - 1) * stride >= size + before ? length - 1 : length;
  });
}

/** @param weights which input holds them, [out, in / group, k1, k2, …] */
const convolution =
  (weights: number): ShapeRule =>
  (call) => {
    const input = call.dims(0);
    const filter = call.dims(weights);
    if (input.length < 3 || filter.length !== input.length) {
      call.fail(`convolves [${input.join(', ')}] with [${filter.join(', ')}]`);
    }
    if (input[1] !== filter[1]! * call.int('group', 1)) {
      call.fail(`reads ${input[1]} channels and has weights for ${filter[1]! * call.int('group', 1)}`);
    }
    const spatial = input.slice(2);
    const window = windowOf(call, spatial.length, call.ints('kernel_shape') ?? filter.slice(2));
    return shaped([input[0]!, filter[0]!, ...slide(call, spatial, window)]);
  };

const transposedConvolution: ShapeRule = (call) => {
  const input = call.dims(0);
  const filter = call.dims(1);
  const spatial = input.slice(2);
  const window = windowOf(call, spatial.length, call.ints('kernel_shape') ?? filter.slice(2));
  const extra = call.ints('output_padding');
  const wanted = call.ints('output_shape');
  const sizes = spatial.map((size, i) => {
    if (wanted) return wanted[wanted.length - spatial.length + i]!;
    const stride = window.strides[i]!;
    if (window.autoPad.startsWith('SAME')) return size * stride;
    const reach = (window.kernel[i]! - 1) * window.dilations[i]! + 1;
    const cut = window.autoPad === 'VALID' ? 0 : window.pads[i]! + window.pads[i + spatial.length]!;
    return stride * (size - 1) + (extra?.[i] ?? 0) + reach - cut;
  });
  return shaped([input[0]!, filter[1]! * call.int('group', 1), ...sizes]);
};

const pool: ShapeRule = (call) => {
  const input = call.dims(0);
  const spatial = input.slice(2);
  const window = windowOf(call, spatial.length, call.ints('kernel_shape') ?? call.fail('has no kernel_shape'));
  const dims = [...input.slice(0, 2), ...slide(call, spatial, window)];
  return call.node.outputs.map(() => ({ dims, values: null }));
};

const globalPool: ShapeRule = (call) => shaped(call.dims(0).map((dim, axis) => (axis < 2 ? dim : 1)));

const resize: ShapeRule = (call) => {
  const input = call.dims(0);
  const modern = call.opset >= 11 && call.node.op === 'Resize';
  const axes = (call.ints('axes') ?? input.map((_, axis) => axis)).map((axis) => call.axis(axis, input.length));
  const sizes = modern && call.has(3) ? call.values(3) : null;
  if (sizes) return shaped(toSizes(call, input, axes, sizes));
  const scales = call.list(modern ? 2 : 1, 'scales');
  const attribute = call.node.attributes.get('scales');
  const factors =
    scales ?? (attribute?.type === 'floats' ? attribute.value : call.fail('has neither scales nor sizes'));
  if (factors.length !== axes.length) call.fail(`has ${factors.length} scales for ${axes.length} dimensions`);
  const crops = stringAttribute(call.node, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize';
  const region = crops ? call.values(1) : null;
  const dims = [...input];
  for (const [i, axis] of axes.entries()) {
    const part = region ? Math.fround(region[i + axes.length]! - region[i]!) : 1;
    dims[axis] = Math.floor(Math.fround(Math.fround(input[axis]! * part) * factors[i]!));
  }
  return shaped(dims);
};

function toSizes(call: Call, input: readonly number[], axes: readonly number[], sizes: readonly number[]): number[] {
  if (sizes.length !== axes.length) call.fail(`has ${sizes.length} sizes for ${axes.length} dimensions`);
  const policy = stringAttribute(call.node, 'keep_aspect_ratio_policy', 'stretch');
  const factors = axes.map((axis, i) => sizes[i]! / input[axis]!);
  const factor = policy === 'not_larger' ? Math.min(...factors) : Math.max(...factors);
  const dims = [...input];
  for (const [i, axis] of axes.entries()) {
    dims[axis] = policy === 'stretch' ? sizes[i]! : Math.round(factor * input[axis]!);
  }
  return dims;
}

const gridSample: ShapeRule = (call) => shaped([...call.dims(0).slice(0, 2), ...call.dims(1).slice(1, -1)]);

const roiAlign: ShapeRule = (call) =>
  shaped([call.dims(1)[0]!, call.dims(0)[1]!, call.int('output_height', 1), call.int('output_width', 1)]);

const depthToSpace: ShapeRule = (call) => {
  const [n, c, h, w] = call.dims(0);
  const block = call.int('blocksize', 1);
  return shaped([n!, c! / block ** 2, h! * block, w! * block]);
};

const spaceToDepth: ShapeRule = (call) => {
  const [n, c, h, w] = call.dims(0);
  const block = call.int('blocksize', 1);
  return shaped([n!, c! * block ** 2, h! / block, w! / block]);
};

/** Operators over the spatial dimensions of a picture. */
export const SPATIAL: ShapeRules = {
  Conv: convolution(1),
  ConvInteger: convolution(1),
  QLinearConv: convolution(3),
  ConvTranspose: transposedConvolution,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  Resize: resize,
  Upsample: resize,
  GridSample: gridSample,
  RoiAlign: roiAlign,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
