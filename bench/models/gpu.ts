import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProviderName } from '../../src/config/config.js';
import type { LoadRequest } from '../../src/detect/detector.js';
import { outputOf } from '../harness/output-of.js';
import { median } from '../harness/statistics.js';
import { lastWords } from '../peers/contender.js';
import type { Contender } from './contender.js';

const SCRIPT = fileURLToPath(new URL('./gpu-lanes.js', import.meta.url));
const TIMEOUT_MS = 600_000;

export const GPU_PROVIDERS: readonly ProviderName[] = ['cuda', 'webgpu'];
/** Pictures that go to the accelerator together. */
export const GPU_BATCH = 32;

/** Milliseconds of one batch from letterboxed bytes to boxes, by the clock; and the speed, of the first contender's. */
export interface GpuSpeed {
  readonly batchMs: number;
  readonly batchX: number;
}

/**
 * @param contenders the first is what the others are compared with
 * @throws Error with the reason where the provider is not at hand
 */
export async function measureOnGpu(
  provider: ProviderName,
  contenders: readonly Contender[],
  rounds: number,
  scratch: string,
): Promise<GpuSpeed[]> {
  const task = join(scratch, `${provider}.json`);
  writeFileSync(
    task,
    JSON.stringify({ requests: contenders.map(({ request }) => onProvider(request, provider)), rounds }),
  );
  const { stdout } = await outputOf([process.execPath, SCRIPT, task], TIMEOUT_MS).catch((error: unknown) => {
    throw new Error(firstError(error));
  });
  const { ms } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { ms: number[][] };
  return ms.map((own) => ({
    batchMs: median(own),
    batchX: median(own.map((one, round) => ms[0]![round]! / one)),
  }));
}

function onProvider(request: LoadRequest, name: ProviderName): LoadRequest {
  const session = { ...request.session, providers: [{ name, options: {} }] };
  return { ...request, batchSizes: [GPU_BATCH], session };
}

/** The message of the error, without its stack. */
function firstError(error: unknown): string {
  const { stderr = '' } = error as { stderr?: string };
  const lines = stderr.split('\n').map((line) => line.trim());
  const begin = lines.findIndex((line) => /^\w*Error:/.test(line));
  if (begin < 0) return lastWords(error);
  const end = lines.findIndex((line, i) => i > begin && (line === '' || line.startsWith('at ')));
  return lines.slice(begin, end < 0 ? undefined : end).join(' ');
}
