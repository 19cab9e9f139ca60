import { elementCount } from '../tensor.js';
import {
  broadcast,
  broadcastValues,
  few,
  pick,
  type Shaped,
  type ShapeRule,
  type ShapeRules,
  shaped,
  stridesOf,
} from './call.js';

const shape: ShapeRule = (call) => {
  const { dims, atMost } = call.input(0);
  const { length } = dims;
  const clamp = (at: number) => Math.min(length, Math.max(0, at < 0 ? at + length : at));
  const part = dims.slice(clamp(call.int('start', 0)), clamp(call.int('end', length)));
  return [{ dims: [part.length], values: atMost ? null : part }];
};

const size: ShapeRule = (call) => {
  const { dims, atMost } = call.input(0);
  return [{ dims: [], values: atMost ? null : [elementCount(dims)] }];
};

const reshape: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const wanted = call.list(1, 'shape') ?? call.fail('has no shape');
  const zeroIsZero = call.int('allowzero', 0) === 1;
  const filled = wanted.map((dim, axis) => (dim === 0 && !zeroIsZero ? (dims[axis] ?? -2) : dim));
  const known = elementCount(filled.filter((dim) => dim !== -1));
  const result = filled.map((dim) => (dim === -1 ? elementCount(dims) / known : dim));
  if (elementCount(result) !== elementCount(dims) || !result.every((dim) => Number.isInteger(dim) && dim >= 0)) {
    call.fail(`cannot bring [${dims.join(', ')}] into shape [${wanted.join(', ')}]`);
  }
  return [{ dims: result, values }];
};

const flatten: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const given = call.int('axis', 1);
  const axis = given < 0 ? given + dims.length : given;
  return [{ dims: [elementCount(dims.slice(0, axis)), elementCount(dims.slice(axis))], values }];
};

const squeeze: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const given = call.list(1, 'axes');
  const gone = new Set(given?.map((axis) => call.axis(axis, dims.length)));
  if ([...gone].some((axis) => dims[axis] !== 1)) call.fail(`squeezes axes [${given}] of [${dims.join(', ')}]`);
  return [{ dims: dims.filter((dim, axis) => (given ? !gone.has(axis) : dim !== 1)), values }];
};

const unsqueeze: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const given = call.list(1, 'axes') ?? call.fail('has no axes');
  const rank = dims.length + given.length;
  const added = new Set(given.map((axis) => call.axis(axis, rank)));
  const rest = dims.values();
  return [{ dims: Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.next().value!)), values }];
};

const transpose: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const order = call.ints('perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
  if (order.length !== dims.length) call.fail(`permutes [${dims.join(', ')}] by [${order.join(', ')}]`);
  const axes = order.map((axis) => call.axis(axis, dims.length));
  const strides = stridesOf(dims);
  const result = axes.map((axis) => dims[axis]!);
  return [
    {
      dims: result,
      values: pick(values, result, (index) =>
        dot(
          index,
          axes.map((axis) => strides[axis]!),
        ),
      ),
    },
  ];
};

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

const concat: ShapeRule = (call) => {
  const parts = call.present;
  const first = call.dims(0);
  const axis = call.axis(call.int('axis', 1), first.length);
  const fits = (dims: readonly number[]) =>
    dims.length === first.length && dims.every((dim, i) => i === axis || dim === first[i]);
  const misfit = parts.find(({ dims }) => !fits(dims));
  if (misfit) call.fail(`cannot join [${first.join(', ')}] and [${misfit.dims.join(', ')}] along axis ${axis}`);
  const dims = first.map((dim, i) => (i === axis ? parts.reduce((sum, part) => sum + part.dims[axis]!, 0) : dim));
  return [{ dims, values: few(dims) ? joined(parts, axis) : null }];
};

function joined(parts: readonly Shaped[], axis: number): number[] | null {
  const rows = elementCount(parts[0]!.dims.slice(0, axis));
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const part of parts) {
      if (part.values === null) return null;
      const length = elementCount(part.dims.slice(axis));
      values.push(...part.values.slice(row * length, (row + 1) * length));
    }
  }
  return values;
}

const split: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const axis = call.axis(call.int('axis', 0), dims.length);
  const count = call.node.outputs.length;
  const even = Math.ceil(dims[axis]! / count);
  const sizes =
    call.list(1, 'split') ??
    Array.from({ length: count }, (_, i) => Math.max(0, Math.min(even, dims[axis]! - i * even)));
  if (sizes.reduce((sum, length) => sum + length, 0) !== dims[axis] || sizes.length !== count) {
    call.fail(`splits ${dims[axis]} into [${sizes.join(', ')}] for ${count} outputs`);
  }
  let start = 0;
  return sizes.map((length) => {
    const part = dims.map((dim, i) => (i === axis ? length : dim));
    const offset = start * stridesOf(dims)[axis]!;
    start += length;
    return { dims: part, values: pick(values, part, (index) => offset + dot(index, stridesOf(dims))) };
  });
};

const slice: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const starts = call.list(1, 'starts') ?? call.fail('has no starts');
  const ends = call.list(2, 'ends') ?? call.fail('has no ends');
  const axes = call.list(3, 'axes') ?? starts.map((_, i) => i);
  const steps = call.has(4) ? call.values(4) : starts.map(() => 1);
  const result = [...dims];
  const from = dims.map(() => 0);
  const by = dims.map(() => 1);
  for (const [i, given] of axes.entries()) {
    const axis = call.axis(given, dims.length);
    const step = steps[i] ?? 1;
    if (step === 0) call.fail('has step 0');
    const [first, last] = bounds(starts[i]!, ends[i]!, step, dims[axis]!);
    result[axis] = Math.max(0, Math.ceil((last - first) / step));
    from[axis] = first;
    by[axis] = step;
  }
  const strides = stridesOf(dims);
  return [
    {
      dims: result,
      values: pick(values, result, (index) =>
        dot(
          index.map((at, i) => from[i]! + at * by[i]!),
          strides,
        ),
      ),
    },
  ];
};

/** Where a slice begins and ends, as the operator clamps it. */
function bounds(start: number, end: number, step: number, length: number): [first: number, last: number] {
  const clamp = (at: number, low: number, high: number) => Math.min(high, Math.max(low, at < 0 ? at + length : at));
  if (step > 0) return [clamp(start, 0, length), clamp(end, 0, length)];
  return [clamp(start, 0, length - 1), clamp(end, -1, length - 1)];
}

const expand: ShapeRule = (call) => {
  const input = call.input(0);
  const dims = broadcast(call, input.dims, call.values(1));
  return [{ dims, values: broadcastValues(input, dims) }];
};

const tile: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const repeats = call.values(1);
  if (repeats.length !== dims.length) call.fail(`repeats [${dims.join(', ')}] by [${repeats.join(', ')}]`);
  const result = dims.map((dim, axis) => dim * repeats[axis]!);
  const strides = stridesOf(dims);
  return [
    {
      dims: result,
      values: pick(values, result, (index) =>
        dot(
          index.map((at, i) => at % dims[i]!),
          strides,
        ),
      ),
    },
  ];
};

const pad: ShapeRule = (call) => {
  const dims = call.dims(0);
  const pads = call.list(1, 'pads') ?? call.fail('has no pads');
  const axes = call.has(3) ? call.values(3).map((axis) => call.axis(axis, dims.length)) : dims.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) call.fail(`has ${pads.length} pads for ${axes.length} dimensions`);
  const result = [...dims];
  for (const [i, axis] of axes.entries()) result[axis] = dims[axis]! + pads[i]! + pads[i + axes.length]!;
  return shaped(result);
};

/** Operators that only arrange elements. */
export const LAYOUT: ShapeRules = {
  Shape: shape,
  Size: size,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
};
