import { ELEMENT_TYPES, elementTypeOf } from './element-type.js';
import { allTensors } from './nodes-within.js';
import { type ModelProto, type TensorProto, TensorProto_DataLocation } from './schema/onnx_pb.js';

/** A file beside a model in which some of its tensors lie. */
export interface ExternalFile {
  /** As the model names it, relative to its own folder; may be anything, as the model may be anybody's. */
  readonly location: string;
  /** What it must have at least. */
  readonly bytes: number;
}

/** The files that a model needs besides its own, each once. */
export function externalFiles(model: ModelProto): ExternalFile[] {
  const needed = new Map<string, number>();
  for (const tensor of allTensors(model)) {
    if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get('location') ?? '';
    const end = Number(entries.get('offset') ?? 0) + Number(entries.get('length') ?? tensorBytes(tensor));
    needed.set(location, Math.max(needed.get(location) ?? 0, end));
  }
  return [...needed].map(([location, bytes]) => ({ location, bytes }));
}

/** What a tensor's elements take by its shape; 0 where its type is not one of `ELEMENT_TYPES`. */
export function tensorBytes({ dims, dataType }: TensorProto): number {
  const type = elementTypeOf(dataType);
  return type === null ? 0 : dims.reduce((bytes, dim) => bytes * Number(dim), Number(ELEMENT_TYPES[type].bytes));
}
