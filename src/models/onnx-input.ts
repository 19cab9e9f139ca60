import { readFile } from 'node:fs/promises';

/** What a model file says of the picture it takes; null where it leaves it open or says nothing that fits a picture. */
export interface OnnxInput {
  readonly type: 'float32' | 'float16' | 'uint8' | null;
  readonly layout: 'nchw' | 'nhwc' | null;
  readonly width: number | null;
  readonly height: number | null;
}

const UNKNOWN: OnnxInput = { type: null, layout: null, width: null, height: null };

/** TensorProto.DataType */
const TYPES: Readonly<Record<number, OnnxInput['type']>> = { 1: 'float32', 2: 'uint8', 10: 'float16' };

/**
 * Reads the declaration of a model's picture input, the first with four dimensions, out of an .onnx file without loading
 * the model. A file that is no ONNX model gives nulls: loading it will say why.
 */
export async function readOnnxInput(file: string): Promise<OnnxInput> {
  try {
    return findInput(await readFile(file));
  } catch {
    return UNKNOWN;
  }
}

// Field numbers of onnx.proto: ModelProto.graph 7, GraphProto.input 11, ValueInfoProto.type 2, TypeProto.tensor_type 1,
// Tensor.elem_type 1, Tensor.shape 2, TensorShapeProto.dim 1, Dimension.dim_value 1.
function findInput(model: Uint8Array): OnnxInput {
  for (const graph of messages(model, 7)) {
    for (const input of messages(graph, 11)) {
      for (const type of messages(input, 2)) {
        for (const tensor of messages(type, 1)) {
          const dims = messages(tensor, 2).flatMap((shape) => messages(shape, 1).map((dim) => number(dim, 1)));
          if (dims.length === 4) return describe(number(tensor, 1), dims);
        }
      }
    }
  }
  return UNKNOWN;
}

function describe(elementType: number | null, dims: readonly (number | null)[]): OnnxInput {
  const type = TYPES[elementType ?? 0] ?? null;
  const positive = (value: number | null | undefined) => (value && value > 0 ? value : null);
  if (dims[3] === 3 && dims[1] !== 3) {
    return { type, layout: 'nhwc', height: positive(dims[1]), width: positive(dims[2]) };
  }
  return { type, layout: dims[1] === 3 ? 'nchw' : null, height: positive(dims[2]), width: positive(dims[3]) };
}

/** The embedded messages of one field of a protobuf message. */
function messages(bytes: Uint8Array, field: number): Uint8Array[] {
  return fields(bytes).flatMap(({ id, value }) => (id === field && typeof value !== 'number' ? [value] : []));
}

function number(bytes: Uint8Array, field: number): number | null {
  const found = fields(bytes).find(({ id, value }) => id === field && typeof value === 'number');
  return (found?.value as number | undefined) ?? null;
}

/** Every field of a protobuf message: varints as numbers, length-delimited ones as bytes, fixed-size ones skipped. */
function fields(bytes: Uint8Array): { id: number; value: number | Uint8Array }[] {
  const found: { id: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('not a protobuf message');
  };
  while (at < bytes.length) {
    const key = varint();
    const id = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) found.push({ id, value: varint() });
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new RangeError('not a protobuf message');
      found.push({ id, value: bytes.subarray(at, (at += length)) });
    } else throw new RangeError('not a protobuf message');
  }
  return found;
}
