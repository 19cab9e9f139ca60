import { few, pick, type ShapeRule, type ShapeRules, shaped, stridesOf } from './call.js';

const gather: ShapeRule = (call) => {
  const data = call.input(0);
  const indices = call.input(1);
  const axis = call.axis(call.int('axis', 0), data.dims.length);
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  if (data.values === null || indices.values === null) return shaped(dims);
  const [strides, indexStrides] = [stridesOf(data.dims), stridesOf(indices.dims)];
  const length = data.dims[axis]!;
  const misfit = indices.values.find((at) => !(at >= -length && at < length));
  if (misfit !== undefined) call.fail(`takes element ${misfit} of ${length}`);
  const chosen = indices.values;
  const values = pick(data.values, dims, (index) => {
    const at = indexStrides.reduce((sum, stride, i) => sum + stride * index[axis + i]!, 0);
    const source = [
      ...index.slice(0, axis),
      (chosen[at]! + length) % length,
      ...index.slice(axis + indices.dims.length),
    ];
    return source.reduce((sum, value, i) => sum + value * strides[i]!, 0);
  });
  return [{ dims, values }];
};

const gatherND: ShapeRule = (call) => {
  const data = call.dims(0);
  const indices = call.dims(1);
  const batch = call.int('batch_dims', 0);
  return shaped([...indices.slice(0, -1), ...data.slice(batch + (indices.at(-1) ?? 0))]);
};

const topK: ShapeRule = (call) => {
  const dims = [...call.dims(0)];
  const axis = call.axis(call.int('axis', -1), dims.length);
  const k = call.has(1) ? call.values(1)[0]! : call.int('k', 0);
  if (!(k >= 0 && k <= dims[axis]!)) call.fail(`takes the best ${k} of ${dims[axis]}`);
  dims[axis] = k;
  return call.node.outputs.map(() => ({ dims, values: null }));
};

/** Rows that come out depend on the data; this is the most there can be. */
const nonMaxSuppression: ShapeRule = (call) => {
  const [batch, boxes] = call.dims(0);
  const classes = call.dims(1)[1]!;
  const perClass = call.has(2) ? call.values(2)[0]! : 0;
  return shaped([batch! * classes * Math.min(perClass, boxes!), 3]);
};

/** The same holds for the columns of NonZero, unless its input is known. */
const nonZero: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  if (values === null || dims.length === 0)
    return shaped([Math.max(1, dims.length), dims.reduce((n, dim) => n * dim, 1)]);
  const strides = stridesOf(dims);
  const found = [...values.keys()].filter((at) => values[at] !== 0);
  const rows = strides.flatMap((stride, axis) => found.map((at) => Math.floor(at / stride) % dims[axis]!));
  return [{ dims: [dims.length, found.length], values: few([rows.length]) ? rows : null }];
};

const oneHot: ShapeRule = (call) => {
  const dims = [...call.dims(0)];
  const axis = call.axis(call.int('axis', -1), dims.length + 1);
  dims.splice(axis, 0, call.values(1)[0]!);
  return shaped(dims);
};

/** Operators that choose elements. */
export const SELECTION: ShapeRules = {
  Gather: gather,
  GatherElements: (call) => shaped(call.dims(1)),
  GatherND: gatherND,
  TopK: topK,
  NonMaxSuppression: nonMaxSuppression,
  NonZero: nonZero,
  OneHot: oneHot,
};
