import { type ElementType, elementTypeOf } from '../onnx/element-type.js';
import type { ValueInfoProto } from '../onnx/schema/onnx_pb.js';

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** null for one that detectors do not have (strings, sequences). */
  readonly type: ElementType | null;
  /** null within: a size that is left open; null as a whole: the file does not say. */
  readonly dims: readonly (number | null)[] | null;
}

export function decodeValueInfo({ name, type }: ValueInfoProto): OnnxValue {
  if (type?.value.case !== 'tensorType') return { name, type: null, dims: null };
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }) => {
    const size = value.case === 'dimValue' ? Number(value.value) : 0;
    return size > 0 && Number.isSafeInteger(size) ? size : null; // some exporters write 0 or -1 for an open size
  });
  return { name, type: elementTypeOf(elemType), dims: dims ?? null };
}
