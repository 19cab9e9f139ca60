import { elementTypeOf } from '../onnx/element-type.js';
import { tensorBytes } from '../onnx/external-files.js';
import { allTensors } from '../onnx/nodes-within.js';
import type { ModelProto } from '../onnx/schema/onnx_pb.js';

/** In which numbers a model computes, and how that is seen. */
export interface OnnxPrecision {
  readonly precision: 'fp32' | 'fp16' | 'int8';
  /**
   * How it was quantised: `qdq`, ranges found beforehand, between QuantizeLinear and DequantizeLinear; `qlinear`, the same in
   * operators of their own; `dynamic`, ranges found anew in every run; `weights`, only the weights are stored in few
   * bits; null: it was not.
   */
  readonly quantised: 'qdq' | 'qlinear' | 'dynamic' | 'weights' | null;
}

const DYNAMIC = /(^|:)(ConvInteger|MatMulInteger|DynamicQuantize\w+|MatMulIntegerToFloat)$/;
const QLINEAR = /(^|:)(QLinear|QGemm|QAttention)\w*$/;
const FEW_BITS = /:(MatMulNBits|MatMulBnb4|GatherBlockQuantized)$/;

/** @param operators of the model, as `OnnxFacts` names them */
export function findPrecision(model: ModelProto, operators: ReadonlyMap<string, number>): OnnxPrecision {
  const has = (pattern: RegExp) => [...operators.keys()].some((name) => pattern.test(name));
  if (has(DYNAMIC)) return { precision: 'int8', quantised: 'dynamic' };
  if (has(QLINEAR)) return { precision: 'int8', quantised: 'qlinear' };
  if (operators.has('QuantizeLinear')) return { precision: 'int8', quantised: 'qdq' };
  if (operators.has('DequantizeLinear') || has(FEW_BITS)) return { precision: 'int8', quantised: 'weights' };
  return { precision: mostlyHalf(model) ? 'fp16' : 'fp32', quantised: null };
}

/** By the bytes of the weights: a half-precision model often keeps inputs, outputs and a few layers in full. */
function mostlyHalf(model: ModelProto): boolean {
  let half = 0;
  let full = 0;
  for (const tensor of allTensors(model)) {
    const type = elementTypeOf(tensor.dataType);
    if (type === 'float16' || type === 'bfloat16') half += tensorBytes(tensor) * 2;
    else if (type === 'float32') full += tensorBytes(tensor);
  }
  return half > full;
}
