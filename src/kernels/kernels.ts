import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { KernelMemory } from './kernel-memory.js';
import { wasm } from './web-assembly.js';

const MIB = 2 ** 20;
/** Address space for pictures: eight cameras of 1080p have 200 MiB on their way. A small board has no more than an eighth of itself. */
const MOST_BYTES = 256 * MIB;
const SHARE_OF_MACHINE = 1 / 8;
/** A picture of 1080p in RGB that lies elsewhere, and what comes of it. */
const SCRATCH_BYTES = 12 * MIB;

/** Beside the compiled module, by scripts/kernels.mjs. */
const COMPILED = new URL('./kernels.wasm', import.meta.url);

/** Byte addresses in `memory`, sizes and counts: see src/kernels/assembly for what each means. */
type Kernel = (...numbers: number[]) => void;
type CountingKernel = (...numbers: number[]) => number;

/** The compiled kernels and the memory that they work in. */
export interface Kernels {
  readonly memory: KernelMemory;
  readonly resize: Kernel;
  readonly resizeYuv: Kernel;
  readonly blockSums: Kernel;
  readonly compareBlocks: CountingKernel;
  readonly followBlocks: CountingKernel;
  readonly fitLight: Kernel;
  readonly sampleTemplate: Kernel;
  readonly alignTemplate: Kernel;
  readonly searchTemplate: Kernel;
  readonly packRows: Kernel;
  readonly findPatches: Kernel;
  readonly shiftedBlocks: Kernel;
}

export interface KernelsInUse {
  /** Null: the same work is done in plain TypeScript, several times slower. */
  readonly compiled: Kernels | null;
  /** Why they are not; null where they are. */
  readonly reason: string | null;
}

let inUse: KernelsInUse | null = null;

/** This process's kernels, compiled at the first call. Never throws: what cannot be had is told as the reason. */
export function kernels(): KernelsInUse {
  inUse ??= load();
  return inUse;
}

function load(): KernelsInUse {
  try {
    return { compiled: compileKernels(Math.min(MOST_BYTES, totalmem() * SHARE_OF_MACHINE)), reason: null };
  } catch (error) {
    return { compiled: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * An instance with a memory of its own.
 *
 * @param bytes of the memory
 * @throws Error where the compiled file is missing, the processor has no vectors that WebAssembly knows, or there is no memory
 */
export function compileKernels(bytes: number): Kernels {
  const module = new wasm.Module(readFileSync(COMPILED));
  const memory = new KernelMemory(bytes, Math.min(SCRATCH_BYTES, bytes / 2));
  const { exports } = new wasm.Instance(module, { env: { memory: memory.memory } });
  const kernel = (name: string) => exports[name] as Kernel;
  return {
    memory,
    resize: kernel('resize'),
    resizeYuv: kernel('resizeYuv'),
    blockSums: kernel('blockSums'),
    compareBlocks: exports.compareBlocks as CountingKernel,
    followBlocks: exports.followBlocks as CountingKernel,
    fitLight: kernel('fitLight'),
    sampleTemplate: kernel('sampleTemplate'),
    alignTemplate: kernel('alignTemplate'),
    searchTemplate: kernel('searchTemplate'),
    packRows: kernel('packRows'),
    findPatches: kernel('findPatches'),
    shiftedBlocks: kernel('shiftedBlocks'),
  };
}
