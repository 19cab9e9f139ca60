import { stringAttribute } from '../graph.js';
import { broadcast, type Call, type ShapeRule, type ShapeRules, shaped } from './call.js';

/** The dimensions that stay after the given axes were reduced. */
function reduced(call: Call, axes: ReadonlySet<number>): number[] {
  const dims = call.dims(0);
  if (call.int('keepdims', 1) === 1) return dims.map((dim, axis) => (axes.has(axis) ? 1 : dim));
  return dims.filter((_, axis) => !axes.has(axis));
}

const reduce =
  (compute: ((x: number, y: number) => number) | null): ShapeRule =>
  (call) => {
    const { dims, values } = call.input(0);
    const given = call.list(1, 'axes') ?? [];
    if (given.length === 0 && call.int('noop_with_empty_axes', 0) === 1) return [{ dims, values }];
    const axes = given.length === 0 ? dims.map((_, axis) => axis) : given.map((axis) => call.axis(axis, dims.length));
    const result = reduced(call, new Set(axes));
    const whole = axes.length === dims.length && compute !== null && values !== null && values.length > 0;
    return [{ dims: result, values: whole ? [values.reduce(compute)] : null }];
  };

const argument: ShapeRule = (call) => {
  const axis = call.axis(call.int('axis', 0), call.dims(0).length);
  return shaped(reduced(call, new Set([axis])));
};

function product(call: Call, a: readonly number[], b: readonly number[]): number[] {
  if (a.length === 0 || b.length === 0) call.fail('multiplies a scalar');
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  if (left.at(-1) !== right.at(-2)) call.fail(`multiplies [${a.join(', ')}] by [${b.join(', ')}]`);
  return [
    ...broadcast(call, left.slice(0, -2), right.slice(0, -2)),
    ...(a.length === 1 ? [] : [left.at(-2)!]),
    ...(b.length === 1 ? [] : [right.at(-1)!]),
  ];
}

const gemm: ShapeRule = (call) => {
  const a = call.dims(0);
  const b = call.dims(1);
  const [m, k] = call.int('transA', 0) === 1 ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [k2, n] = call.int('transB', 0) === 1 ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  if (k !== k2) call.fail(`multiplies [${a.join(', ')}] by [${b.join(', ')}]`);
  return shaped([m, n]);
};

const einsum: ShapeRule = (call) => {
  const equation = stringAttribute(call.node, 'equation', '').replaceAll(' ', '');
  const match = /^([a-zA-Z,]+)->([a-zA-Z]*)$/.exec(equation);
  if (!match) return call.fail(`has equation ${equation}, which is not treated`);
  const sizes = new Map<string, number>();
  for (const [i, letters] of match[1]!.split(',').entries()) {
    for (const [axis, letter] of [...letters].entries()) sizes.set(letter, call.dims(i)[axis]!);
  }
  return shaped([...match[2]!].map((letter) => sizes.get(letter) ?? call.fail(`has equation ${equation}`)));
};

const OTHER_REDUCTIONS = ['Mean', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'];

/** Operators that sum over dimensions. */
export const REDUCTION: ShapeRules = {
  ...Object.fromEntries(OTHER_REDUCTIONS.map((name) => [`Reduce${name}`, reduce(null)])),
  ReduceSum: reduce((x, y) => x + y),
  ReduceProd: reduce((x, y) => x * y),
  ReduceMax: reduce((x, y) => Math.max(x, y)),
  ReduceMin: reduce((x, y) => Math.min(x, y)),
  ArgMax: argument,
  ArgMin: argument,
  MatMul: (call) => shaped(product(call, call.dims(0), call.dims(1))),
  MatMulInteger: (call) => shaped(product(call, call.dims(0), call.dims(1))),
  QLinearMatMul: (call) => shaped(product(call, call.dims(0), call.dims(3))),
  Gemm: gemm,
  Einsum: einsum,
};
