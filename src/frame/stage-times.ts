/** Milliseconds that one inferred frame spent in each stage. */
export interface StageTimes {
  /** Scaling and padding to the model's input size. */
  readonly resize: number;
  /** Waiting at and travelling to the worker and back: whatever is not another stage. */
  readonly queue: number;
  readonly infer: number;
  /** Filling the input tensor, reading the output, NMS. */
  readonly decode: number;
}
