import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeStatus } from '../../src/runtime/status.js';
import type { OperatingPoint } from '../../src/tune/operating-point.js';
import { CountingBroker } from '../harness/counting-broker.js';
import { type Command, start } from '../harness/program.js';
import { readResults } from '../harness/results.js';
import type { Answer } from '../kpi/answers.js';
import { BusyCores } from './busy-cores.js';

/** Seconds of a run, one after the other: what it has to find its point, and is not judged; then calm, load, and calm again. */
export interface Stretches {
  readonly settleS: number;
  readonly calmS: number;
  readonly loadS: number;
  readonly afterS: number;
}

/** A frame's answer, and whose it is. */
export interface CameraAnswer extends Answer {
  readonly camera: string;
}

/** Where the knobs stood at a moment. */
export interface KnobsAt {
  /** Unix ms. */
  readonly at: number;
  readonly point: OperatingPoint;
  readonly batchWindowMs: number;
  readonly inferenceIntervalMs: number;
}

export interface LiveRun {
  readonly answers: readonly CameraAnswer[];
  /** Once a second. */
  readonly knobs: readonly KnobsAt[];
  /** Unix ms of the beginning of calm, load, calm again, and the end. */
  readonly bounds: readonly [calm: number, load: number, after: number, end: number];
}

const START_MS = 120_000;
const PATIENCE_MS = 120_000;
const STATUS_TYPE = '"type":"status"';

/**
 * Runs the program with its cameras in real time, and has other processes take cores for a while.
 *
 * @param busy how many others, each with a core of its own to take
 * @param command with the port of a broker of its own and the file for its results
 * @throws Error with the program's last words where it fails
 */
export async function liveRun(
  scratch: string,
  { settleS, calmS, loadS, afterS }: Stretches,
  busy: number,
  command: (outlets: { readonly port: number; readonly results: string }) => Command,
): Promise<LiveRun> {
  const results = join(mkdtempSync(join(scratch, 'live-')), 'results.jsonl');
  const broker = await CountingBroker.start();
  const knobs: KnobsAt[] = [];
  let firstStatus = (): void => undefined;
  const serving = new Promise<void>((resolve) => (firstStatus = resolve));
  const onLine = (line: string): void => {
    if (!line.includes(STATUS_TYPE)) return;
    const status = JSON.parse(line) as RuntimeStatus;
    if (status.cameras.some(({ captured }) => captured > 0)) firstStatus();
    const { knobs: now } = status.tuning;
    if (now !== null) {
      const { point, batchWindowMs, inferenceIntervalMs } = now;
      knobs.push({ at: Date.now(), point, batchWindowMs, inferenceIntervalMs });
    }
  };
  const wholeMs = (settleS + calmS + loadS + afterS) * 1000;
  const program = start(command({ port: broker.port, results }), START_MS + wholeMs + PATIENCE_MS, onLine);
  try {
    await Promise.race([serving, program.ended]);
    await seconds(settleS);
    const calm = Date.now();
    await seconds(calmS);
    const load = Date.now();
    const cores = BusyCores.start(busy);
    await seconds(loadS);
    cores.stop();
    const after = Date.now();
    await Promise.race([seconds(afterS), program.ended]);
    const end = Date.now();
    await program.ended;
    return { answers: readResults(results) as CameraAnswer[], knobs, bounds: [calm, load, after, end] };
  } finally {
    await broker.stop();
  }
}

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1000));
