import type { Tensor } from '../onnx/tensor.js';

/** Inputs to run a model on, made from frames; read again and again, so they may lie on disk. */
export interface ModelInputs {
  readonly count: number;
  /** @param index 0 to count - 1 @returns by the names of the model's inputs */
  read(index: number): Promise<ReadonlyMap<string, Tensor>>;
}
