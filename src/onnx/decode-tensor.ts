import { ModelError } from '../foundation/errors.js';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-type.js';
import { type TensorProto, TensorProto_DataLocation } from './schema/onnx_pb.js';
import { elementCount, isWhole, type Tensor } from './tensor.js';

/** Finds the bytes of a tensor that lies in another file: `location` relative to the model. */
export type ExternalData = (tensor: string, location: string, offset: number, length: number) => Uint8Array;

/** More elements than any file of 2 GB can hold: such a shape is damage, and allocating it would end the process. */
export const MAX_ELEMENTS = 2 ** 31;

/** @throws ModelError for an element type that detectors do not use */
export function knownType(code: number, tensor: string): ElementType {
  const type = elementTypeOf(code);
  if (type) return type;
  throw new ModelError(`tensor ${tensor} has element type ${code} of onnx.proto, which is not treated`);
}

/** A tensor as a file holds it; a view into the file where it can be. @throws ModelError where it is damaged */
export function decodeTensor(proto: TensorProto, external: ExternalData): Tensor {
  const { name } = proto;
  const type = knownType(proto.dataType ?? 0, name);
  const dims = proto.dims.map(Number);
  const count = elementCount(dims);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || count > MAX_ELEMENTS) {
    throw new ModelError(`tensor ${name} has shape [${dims.join(', ')}]: the file is damaged`);
  }
  const tensor = { type, dims, bytes: bytesOf(proto, type, count, external) };
  if (isWhole(tensor)) return tensor;
  throw new ModelError(
    `tensor ${name} of ${type} [${dims.join(', ')}] has ${tensor.bytes.length} bytes: the file is damaged`,
  );
}

function bytesOf(proto: TensorProto, type: ElementType, count: number, external: ExternalData): Uint8Array {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const fields = new Map(proto.externalData.map(({ key, value }) => [key, value]));
    const bytes = count * ELEMENT_TYPES[type].bytes;
    const length = Number(fields.get('length') ?? bytes);
    if (length !== bytes) {
      throw new ModelError(
        `tensor ${proto.name} has ${bytes} bytes, and ${length} in another file: the file is damaged`,
      );
    }
    return external(proto.name, fields.get('location') ?? '', Number(fields.get('offset') ?? 0), length);
  }
  if (proto.rawData && proto.rawData.length > 0) return proto.rawData;
  return asBytes(typedData(proto, type));
}

/** Small tensors are often written as lists of numbers: int32_data holds every type of up to 32 bits, float16 as bits. */
function typedData(proto: TensorProto, type: ElementType): ArrayBufferView {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data);
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number);
    case 'int32':
      return Int32Array.from(proto.int32Data);
    case 'float16':
    case 'bfloat16':
    case 'uint16':
      return Uint16Array.from(proto.int32Data);
    case 'int16':
      return Int16Array.from(proto.int32Data);
    case 'int8':
      return Int8Array.from(proto.int32Data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data);
  }
}

function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
