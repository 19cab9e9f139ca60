import { halfTable } from '../foundation/half.js';
import { ELEMENT_TYPES, type ElementType } from './element-type.js';

/** A constant of a graph. Its bytes may be a view into the file it came from: never write into them. */
export interface Tensor {
  readonly type: ElementType;
  /** Empty for a scalar. */
  readonly dims: readonly number[];
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

/** Elements of a shape: 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

export function float32Tensor(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { type: 'float32', dims, bytes: bytesOf(values instanceof Float32Array ? values : Float32Array.from(values)) };
}

/** One dimension unless `dims` says otherwise; a shape or a list of axes, as the operators take them. */
export function int64Tensor(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
  return { type: 'int64', dims, bytes: bytesOf(BigInt64Array.from(values, BigInt)) };
}

export function int32Tensor(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { type: 'int32', dims, bytes: bytesOf(values instanceof Int32Array ? values : Int32Array.from(values)) };
}

export function int8Tensor(dims: readonly number[], values: Int8Array): Tensor {
  return { type: 'int8', dims, bytes: bytesOf(values) };
}

export function uint8Tensor(dims: readonly number[], values: Uint8Array): Tensor {
  return { type: 'uint8', dims, bytes: values };
}

/**
 * The elements as floats. Float32 data are not copied where they lie aligned, so never write into the answer.
 * @throws RangeError for integers and bfloat16
 */
export function floatsOf({ type, bytes }: Tensor): Float32Array {
  switch (type) {
    case 'float32':
      return view(Float32Array, bytes);
    case 'float16': {
      const table = halfTable();
      return Float32Array.from(view(Uint16Array, bytes), (half) => table[half]!);
    }
    case 'float64':
      return Float32Array.from(view(Float64Array, bytes));
    default:
      throw new RangeError(`a tensor of ${type} holds no floats`);
  }
}

const INTEGERS: ReadonlySet<ElementType> = new Set([
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'bool',
  'uint32',
  'uint64',
]);

const ARRAYS = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bfloat16: Uint16Array,
} as const;

export type Elements = InstanceType<(typeof ARRAYS)[ElementType]>;

/** The elements as they are; 16-bit floats as bits. Not copied where they lie aligned, so never write into the answer. */
export function elementsOf({ type, bytes }: Tensor): Elements {
  return view<Elements>(ARRAYS[type], bytes);
}

/** Whether `integersOf` takes a tensor: integers and bool. */
export function isInteger({ type }: Tensor): boolean {
  return INTEGERS.has(type);
}

/** The elements of an integer or bool tensor; int64 beyond 2^53 lose their last bits. @throws RangeError for floats */
export function integersOf({ type, dims, bytes }: Tensor): number[] {
  if (!INTEGERS.has(type)) throw new RangeError(`a tensor of ${type} holds no integers`);
  return Array.from<number | bigint, number>(elementsOf({ type, dims, bytes }), Number);
}

/** Whether `bytes` is as long as type and shape say. */
export function isWhole({ type, dims, bytes }: Tensor): boolean {
  return bytes.length === elementCount(dims) * ELEMENT_TYPES[type].bytes;
}

interface View<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
}

/** Tensors in a file lie at any offset; typed arrays want theirs aligned. (`slice` of a Buffer would not copy.) */
function view<T>(Type: View<T>, bytes: Uint8Array): T {
  const size = Type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Type(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / size));
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
