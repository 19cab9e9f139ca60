import { DetectorError, explain } from '../foundation/errors.js';
import { lossCause } from '../frame/loss-cause.js';

/**
 * How ONNX Runtime, CUDA, TensorRT, Vulkan, an NPU's driver, the C++ library, V8 and the kernel say that there is no memory
 * left, in whatever they print or throw. None of them has a code for it that survives the way through a worker.
 */
const SAYINGS: readonly RegExp[] = [
  /\bout of (device |host |gpu |cuda |video )?memory\b/i,
  /\bOutOfMemory\b|OUT_OF_(DEVICE_|HOST_|POOL_)?MEMORY\b/,
  /\bbad_alloc\b|\bbad allocation\b/,
  /\b(failed to|unable to|cannot|could not|can't) (m|re)?alloc(ate)?\b/i,
  /\b(memory|buffer) allocation (failed|failure|error)\b|\ballocation (of \d+ bytes )?failed\b/i,
  /\bAvailable memory of \d+ is smaller than requested bytes/,
  /\bcudaErrorMemoryAllocation\b|\b(CUBLAS|CUDNN|CUSPARSE)_STATUS_ALLOC_FAILED\b/,
  /\bCUDA (error|failure)?:? ?2\b/i,
  /\bNvMapMemAlloc\w*:? .*error 12\b/,
  /\bENOMEM\b/,
  /\bFatal process OOM\b/,
];

/** Whether a message says that memory could not be had, of the machine or of its accelerator. */
export function saysOutOfMemory(text: string): boolean {
  return SAYINGS.some((saying) => saying.test(text));
}

/** Whether a load or an inference failed for want of memory: by what it says, or because its worker was killed for it. */
export function lackedMemory(error: unknown): boolean {
  return (error instanceof DetectorError && lossCause(error) === 'memory') || saysOutOfMemory(explain(error));
}
