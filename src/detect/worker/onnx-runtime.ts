import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import { ModelError } from '../../foundation/errors.js';

export type { OnnxRuntime };
export type Ort = typeof OnnxRuntime;

/**
 * ONNX Runtime's binding for Node, loaded on first use: it takes a while, and is a native library that may not fit here.
 *
 * @param binding folder of a self-built one; null: the package
 * @throws ModelError where it cannot be loaded
 */
export function loadRuntime(binding: string | null): { ort: Ort; runtime: string } {
  // since 1.29 it gives the device an id and sends usage data to its maker, unless told before it is loaded
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  const require = createRequire(import.meta.url);
  const path = binding === null ? 'onnxruntime-node' : resolve(binding);
  try {
    const ort = require(path) as Ort;
    return { ort, runtime: `onnxruntime-node ${ort.env.versions.node ?? 'of unknown version'}` };
  } catch (cause) {
    const what = binding === null ? 'onnxruntime-node' : `detector.binding ${binding}`;
    throw new ModelError(`${what} cannot be loaded here (self-built bindings: docs/jetson.md)`, undefined, cause);
  }
}
