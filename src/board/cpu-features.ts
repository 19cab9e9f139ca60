import { join } from 'node:path';
import { cpuinfoValue, textIn } from './kernel-files.js';

/** The processor as the kernel describes it. */
export interface CpuFeatures {
  /** `model name` on x86; implementer and part on ARM, which tell the core. */
  readonly model: string;
  /** The vector and matrix extensions that kernels are chosen by, sorted; other flags come and go with kernels. */
  readonly flags: string;
}

/** SSE to AMX on x86; half, dot product, int8 and bfloat16 matrices, SVE on ARM. */
const COUNTS = /^(sse\w*|ssse3|avx\w*|fma\w*|f16c|amx\w*|vnni\w*|asimd\w*|neon|fphp|sve\w*|sme\w*|i8mm|bf16|dotprod)$/;

/** From `<root>/proc/cpuinfo`; `unknown` and no flags where that cannot be read. `root` is `/`; tests give others. */
export function readCpuFeatures(root: string): CpuFeatures {
  const text = textIn(join(root, 'proc/cpuinfo'));
  const flags = (cpuinfoValue(text, 'flags') ?? cpuinfoValue(text, 'Features') ?? '')
    .split(' ')
    .filter((flag) => COUNTS.test(flag));
  return { model: cpuinfoValue(text, 'model name') ?? armCore(text), flags: flags.sort().join(' ') };
}

/** A board with two kinds of cores names both. */
function armCore(cpuinfo: string): string {
  const parts = [...cpuinfo.matchAll(/^CPU part\s*:\s*(\S+)$/gm)].map(([, part]) => part!);
  const implementer = cpuinfoValue(cpuinfo, 'CPU implementer');
  return implementer === null ? 'unknown' : `ARM ${implementer} ${[...new Set(parts)].sort().join('+')}`;
}
