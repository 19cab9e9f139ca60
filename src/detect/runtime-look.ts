/** What an ONNX Runtime for Node has, before any model is loaded. */
export interface RuntimeLook {
  /** `onnxruntime-node 1.29.0`; null where it cannot be loaded. */
  readonly runtime: string | null;
  /** Providers that it was built with; whether their libraries are there shows only when a session is made. */
  readonly providers: readonly string[];
  /** Why it cannot be loaded; null where it can. */
  readonly failure: string | null;
}
