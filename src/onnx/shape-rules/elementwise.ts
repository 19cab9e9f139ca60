import { type ElementType, elementTypeOf } from '../element-type.js';
import { elementCount, integersOf, type Tensor } from '../tensor.js';
import { broadcast, broadcastValues, type Call, few, type Shaped, type ShapeRule, type ShapeRules } from './call.js';

/** Operators whose outputs have the shape of their first input. */
// biome-ignore format: words read better in rows than one to a line
const SAME = [
  'Relu', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Swish',
  'Mish', 'Gelu', 'Softplus', 'Softsign', 'Tanh', 'Erf', 'Exp', 'Log', 'Reciprocal', 'Sign', 'Sin', 'Cos', 'Tan',
  'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh', 'Softmax', 'LogSoftmax', 'Hardmax',
  'BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'LpNormalization', 'LRN',
  'MeanVarianceNormalization', 'Dropout', 'Not', 'IsNaN', 'IsInf', 'CumSum', 'Trilu', 'ScatterND', 'Scatter',
  'ScatterElements', 'QuantizeLinear', 'DequantizeLinear', 'Clip', 'EyeLike', 'Shrink', 'QuickGelu',
];

const same: ShapeRule = (call) => call.node.outputs.slice(0, 2).map(() => ({ dims: call.dims(0), values: null }));

function isFloat(type: ElementType): boolean {
  return type === 'float32' || type === 'float16' || type === 'float64' || type === 'bfloat16';
}

/** Numbers as a type holds them; null where it does not hold them exactly enough to compute shapes with. */
function rounded(values: readonly number[], type: ElementType): readonly number[] | null {
  if (type === 'float64') return values;
  if (isFloat(type)) return values.map(Math.fround);
  // the largest int64, "to the end", is no safe integer and never the result of arithmetic
  return values.every(Number.isSafeInteger) ? values : null;
}

const unary =
  (compute: (x: number) => number): ShapeRule =>
  (call) => {
    const { dims, values, type } = call.input(0);
    return [{ dims, values: values && rounded(values.map(compute), type) }];
  };

type Binary = (x: number, y: number, integer: boolean) => number;

function combine(call: Call, a: Shaped, b: Shaped, compute: Binary, type: ElementType): Shaped {
  const dims = broadcast(call, a.dims, b.dims);
  const integer = !isFloat(type);
  const x = broadcastValues(a, dims);
  const y = broadcastValues(b, dims);
  return {
    dims,
    values:
      x &&
      y &&
      rounded(
        x.map((value, i) => compute(value, y[i]!, integer)),
        type,
      ),
  };
}

/** Operators of two inputs, and those of any number that are computed two by two. */
const fold =
  (compute: Binary): ShapeRule =>
  (call) => {
    const { type } = call.input(0);
    return [call.present.slice(1).reduce<Shaped>((a, b) => combine(call, a, b, compute, type), call.input(0))];
  };

const shapeOnly: ShapeRule = (call) => {
  const dims = call.present.map((input) => input.dims).reduce((a, b) => broadcast(call, a, b), []);
  return [{ dims, values: null }];
};

const where: ShapeRule = (call) => {
  const [condition, yes, no] = [call.input(0), call.input(1), call.input(2)];
  const dims = broadcast(call, broadcast(call, condition.dims, yes.dims), no.dims);
  const [c, y, n] = [condition, yes, no].map((input) => broadcastValues(input, dims));
  return [{ dims, values: c && y && n ? c.map((chosen, i) => (chosen ? y[i]! : n[i]!)) : null }];
};

const cast: ShapeRule = (call) => {
  const { dims, values } = call.input(0);
  const to = elementTypeOf(call.int('to', 0));
  if (!to || values === null) return [{ dims, values: null }];
  if (to === 'bool') return [{ dims, values: values.map((value) => Number(value !== 0)) }];
  return [{ dims, values: isFloat(to) ? values.map(Math.fround) : values.map(Math.trunc) }];
};

const layerNormalization: ShapeRule = (call) => {
  const dims = call.dims(0);
  const axis = call.axis(call.int('axis', -1), dims.length);
  const reduced = { dims: dims.map((dim, i) => (i < axis ? dim : 1)), values: null };
  return [{ dims, values: null }, reduced, reduced].slice(0, call.node.outputs.length);
};

const identity: ShapeRule = (call) => [call.input(0)];

const constantOfShape: ShapeRule = (call) => {
  const dims = call.values(0);
  const attribute = call.node.attributes.get('value');
  const fill = attribute?.type === 'tensor' ? wholeNumber(attribute.value) : 0;
  const length = elementCount(dims);
  const known = fill !== null && few(dims) && Number.isInteger(length) && length >= 0;
  return [{ dims, values: known ? new Array<number>(length).fill(fill) : null }];
};

/** The one element of a tensor that shapes are computed with; null for others. */
function wholeNumber(tensor: Tensor): number | null {
  return ['int64', 'int32', 'bool'].includes(tensor.type) ? (integersOf(tensor)[0] ?? null) : null;
}

const range: ShapeRule = (call) => {
  const [start, limit, step] = [call.values(0)[0]!, call.values(1)[0]!, call.values(2)[0]!];
  const length = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isSafeInteger(length)) call.fail(`goes from ${start} to ${limit} by ${step}`);
  return [{ dims: [length], values: few([length]) ? Array.from({ length }, (_, i) => start + i * step) : null }];
};

const modulo =
  (call: Call): Binary =>
  (x, y) =>
    call.int('fmod', 0) === 1 ? x % y : x - Math.floor(x / y) * y;

/** Operators that compute element by element, and those that make values of a given shape. */
export const ELEMENTWISE: ShapeRules = {
  ...Object.fromEntries(SAME.map((op) => [op, same])),
  Identity: identity,
  Cast: cast,
  CastLike: (call) => [{ dims: call.dims(0), values: null }],
  Abs: unary(Math.abs),
  Neg: unary((x) => -x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Sqrt: unary(Math.sqrt),
  Round: unary((x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))),
  Add: fold((x, y) => x + y),
  Sub: fold((x, y) => x - y),
  Mul: fold((x, y) => x * y),
  Div: fold((x, y, integer) => (integer ? Math.trunc(x / y) : x / y)),
  Mod: (call) => fold(modulo(call))(call),
  Pow: fold((x, y) => x ** y),
  Min: fold((x, y) => Math.min(x, y)),
  Max: fold((x, y) => Math.max(x, y)),
  Sum: fold((x, y) => x + y),
  Mean: shapeOnly,
  PRelu: shapeOnly,
  And: fold((x, y) => x & y),
  Or: fold((x, y) => x | y),
  Xor: fold((x, y) => x ^ y),
  BitShift: shapeOnly,
  Equal: fold((x, y) => Number(x === y)),
  Greater: fold((x, y) => Number(x > y)),
  Less: fold((x, y) => Number(x < y)),
  GreaterOrEqual: fold((x, y) => Number(x >= y)),
  LessOrEqual: fold((x, y) => Number(x <= y)),
  Where: where,
  LayerNormalization: layerNormalization,
  ConstantOfShape: constantOfShape,
  Range: range,
  DynamicQuantizeLinear: (call) => [
    { dims: call.dims(0), values: null },
    { dims: [], values: null },
    { dims: [], values: null },
  ],
};
