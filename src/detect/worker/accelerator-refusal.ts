import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const REFUSALS: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /CUDA failure (100: no CUDA-capable device is detected)/,
    (failure) =>
      `CUDA failure ${failure}: no GPU is seen; does nvidia-smi list it, was it given to this container, does CUDA_VISIBLE_DEVICES hide it?`,
  ],
  [/CUDA failure (\d+: [^;\n]+?) ?;/, (failure) => `CUDA failure ${failure}`],
  [
    /cuDNN is unavailable[\s\S]*dlopen failed for (\S+?):/,
    (library) =>
      `cuDNN cannot be loaded (${library}): install cuDNN 9 for this CUDA, or name its folder in detector.env as LD_LIBRARY_PATH`,
  ],
];

/** What CUDA's part of ONNX Runtime says amid the names of its functions; null for what is not known. */
export function plainAcceleratorRefusal(message: string): string | null {
  for (const [pattern, words] of REFUSALS) {
    const found = pattern.exec(message);
    if (found) return words(...found.slice(1));
  }
  return null;
}

/** Where a binding keeps ONNX Runtime's libraries; null where it cannot be found. */
export function librariesFolder(binding: string | null): string | null {
  try {
    const require = createRequire(import.meta.url);
    const folder = binding === null ? dirname(require.resolve('onnxruntime-node/package.json')) : resolve(binding);
    return join(folder, 'bin/napi-v6', process.platform, process.arch);
  } catch {
    return null;
  }
}

/**
 * Which library is missing where ONNX Runtime says only that a shared one failed to load; null where all are found.
 *
 * @param folder of ONNX Runtime's libraries
 */
export function missingLibrary(folder: string): string | null {
  for (const name of ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']) {
    const file = join(folder, name);
    if (!existsSync(file)) return `${name} is not in ${folder}: docs/gpu.md tells where it comes from`;
    const said = loaderSays(file);
    const library = /^(\S+): cannot open shared object file/.exec(said)?.[1];
    if (library !== undefined) {
      return `${name} needs ${library}, which is not found: install it, or name its folder in detector.env as LD_LIBRARY_PATH`;
    }
  }
  return null;
}

/** The loader's own words. No library that can be loaded is an addon: then Node says that, or that a symbol is missing. */
function loaderSays(file: string): string {
  try {
    process.dlopen({ exports: {} }, file);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
