import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadRequest } from '../../src/detect/detector.js';
import { WorkerDetector } from '../../src/detect/host/worker-detector.js';
import { median, round } from '../harness/statistics.js';

/** Milliseconds from starting a worker to its first answer, and how much of it was loading; medians. */
export interface StartUp {
  readonly model: string;
  readonly withoutMs: number;
  /** Compiled at this start, and kept. */
  readonly firstMs: number;
  /** From what the first start kept. */
  readonly secondMs: number;
  readonly withoutLoadMs: number;
  readonly secondLoadMs: number;
  readonly artifactBytes: number;
}

const DEADLINE_MS = 120_000;

/** Starts a worker again and again: without compiled artifacts, with an empty folder, and with one that was filled. */
export async function measureStartUp(request: LoadRequest, rounds: number): Promise<StartUp> {
  const times: Record<'without' | 'first' | 'second', { totalMs: number; loadMs: number }[]> = {
    without: [],
    first: [],
    second: [],
  };
  let artifactBytes = 0;
  for (let i = 0; i <= rounds; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'edge-artifacts-'));
    const cached = { ...request, artifacts: { folder, maxBytes: 2 ** 30 } };
    const without = await startOnce(request);
    const first = await startOnce(cached);
    const second = await startOnce(cached);
    artifactBytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    rmSync(folder, { recursive: true });
    // the first round warms the disk cache
    if (i === 0) continue;
    times.without.push(without);
    times.first.push(first);
    times.second.push(second);
  }
  const total = (of: keyof typeof times) => round(median(times[of].map(({ totalMs }) => totalMs)));
  const load = (of: keyof typeof times) => round(median(times[of].map(({ loadMs }) => loadMs)));
  return {
    model: `${request.model} ${request.variant}`,
    withoutMs: total('without'),
    firstMs: total('first'),
    secondMs: total('second'),
    withoutLoadMs: load('without'),
    secondLoadMs: load('second'),
    artifactBytes,
  };
}

async function startOnce(request: LoadRequest): Promise<{ totalMs: number; loadMs: number }> {
  const { width, height } = request.input;
  const image = { width, height, data: new Uint8Array(width * height * 3).fill(114) };
  const began = performance.now();
  const detector = new WorkerDetector({ deadlineMs: DEADLINE_MS, loadDeadlineMs: DEADLINE_MS });
  const { loadMs } = await detector.load(request);
  await detector.detect([image]);
  const totalMs = performance.now() - began;
  await detector.close();
  return { totalMs, loadMs };
}
