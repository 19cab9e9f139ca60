import { ModelError } from '../../foundation/errors.js';
import { halfTable } from '../../foundation/half.js';
import type { Decoder, OutputShape, Slice } from './decoders/decoder.js';

/** One output of a run; an onnxruntime tensor is one. float16 data is a Uint16Array of bits. */
export interface OutputTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** Finds one picture's part of one output; element types other than float32 are converted into its own buffer. */
export class SliceReader implements Slice {
  data: Float32Array = new Float32Array(0);
  offset = 0;
  rows = 0;
  private readonly name: string;
  private readonly batched: boolean;
  private readonly mostRows: number;
  /** Bytes are class indices as they are; as scores they would have to be scaled. */
  private readonly takesBytes: boolean;
  /** Elements of one picture; null where they change from run to run. */
  private readonly fixedLength: number | null;
  private length = 0;
  private converted = new Float32Array(0);

  constructor(output: OutputShape, decoder: Decoder) {
    this.name = output.name;
    this.batched = decoder.pictures === 'axis';
    this.mostRows = decoder.anchors;
    this.takesBytes = output === decoder.labels;
    this.fixedLength = decoder.rows === 'varying' ? null : this.lengthOf(output.dims);
  }

  read(tensors: Readonly<Record<string, OutputTensor>>, batchIndex: number): void {
    const tensor = tensors[this.name];
    if (!tensor) throw new ModelError(`the model gave no output ${this.name}`);
    const { data, dims } = tensor;
    const length = this.fixedLength ?? this.lengthOf(dims);
    const start = this.batched ? batchIndex * length : 0;
    if (!ArrayBuffer.isView(data) || (data as Float32Array).length < start + length) {
      const shape = `[${dims.join(', ')}]`;
      throw new ModelError(`output ${this.name} ${shape} has no ${length} elements for picture ${batchIndex}`);
    }
    this.length = length;
    this.rows = Math.min(this.mostRows, this.batched ? (dims[1] ?? 1) : rowsOf(dims));
    if (data instanceof Float32Array) {
      this.data = data;
      this.offset = start;
    } else {
      if (this.converted.length < length) this.converted = new Float32Array(length);
      this.data = this.converted;
      this.offset = 0;
      this.convert(tensor.type, data, start);
    }
  }

  private lengthOf(dims: readonly number[]): number {
    return dims.slice(this.batched ? 1 : 0).reduce((product, dim) => product * dim, 1);
  }

  /** @throws ModelError where one of its elements is NaN or infinite */
  requireNumbers(): void {
    const { data, offset, length } = this;
    for (let i = offset; i < offset + length; i++) {
      if (!Number.isFinite(data[i]!)) throw new ModelError(`output ${this.name} holds ${data[i]} in place of numbers`);
    }
  }

  private convert(type: string, data: ArrayBufferView, start: number): void {
    const { data: to, length } = this;
    if (type === 'float16' && (data instanceof Uint16Array || isFloat16Array(data))) {
      // ONNX Runtime gives a Float16Array where Node has one, else the bits
      const bits =
        data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
      const values = halfTable();
      for (let i = 0; i < length; i++) to[i] = values[bits[start + i]!]!;
    } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (let i = 0; i < length; i++) to[i] = Number(data[start + i]!);
    } else if (data instanceof Int32Array || data instanceof Float64Array || (this.takesBytes && isBytes(data))) {
      for (let i = 0; i < length; i++) to[i] = data[start + i]!;
    } else {
      throw new ModelError(`output ${this.name} has elements of type ${type}; expected float32, float16 or int64`);
    }
  }
}

/** Of all pictures together: all axes but the one along a row. */
function rowsOf(dims: readonly number[]): number {
  return dims.length === 1 ? dims[0]! : dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
}

function isBytes(data: ArrayBufferView): data is Uint8Array | Int8Array {
  return data instanceof Uint8Array || data instanceof Int8Array;
}

function isFloat16Array(data: ArrayBufferView): boolean {
  return data.constructor.name === 'Float16Array';
}
