import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../harness/program.js';
import type { Goal } from '../harness/report.js';
import { type FrameLine, readResults } from '../harness/results.js';
import type { Row } from './rows.js';

/** The program as it was compiled together with this file. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const CAMERAS = 'sim://road?traffic=mixed&cameras=4';
const MODEL = 'roadside-n';
const SECONDS = 20;
/** Until the workshop is past loading code, and in the middle of its work. */
const HEAD_START_MS = 4000;
const TIMEOUT_MS = 180_000;
/** From a program's first answer: code is compiled and four cameras are met for the first time, workshop or not. */
const START_MS = 1000;

/** What four cameras got of a runtime. */
export interface Serving {
  readonly captured: number;
  /** Once it serves. */
  readonly dropped: number;
  /** In the first second of serving. */
  readonly droppedAtStart: number;
  readonly p95Ms: number | null;
}

export interface BesideWorkshop {
  readonly alone: Serving;
  readonly beside: Serving;
  /** Whether the workshop was at work all the time; otherwise `beside` says less than it should. */
  readonly throughout: boolean;
}

/**
 * Four simulated cameras served for 20 s by this program as it comes, once by itself and once while `models optimize`
 * makes variants of the same model.
 *
 * @param calibration folder of the pictures that variants are made from
 * @param scratch folder for what the programs write
 * @throws Error with the program's last words where it does not serve
 */
export async function serveBesideWorkshop(calibration: string, scratch: string): Promise<BesideWorkshop> {
  const folder = mkdtempSync(join(scratch, 'serving-'));
  const alone = await serve(folder, 'alone');
  const work = [MODEL, '--frames', calibration, '--dry-run', '--report', join(folder, 'report')];
  const workshop = start([process.execPath, MAIN, 'models', 'optimize', ...work], TIMEOUT_MS);
  let isAtWork = true;
  void workshop.ended.catch(() => undefined).finally(() => (isAtWork = false));
  try {
    await new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
    return { alone, beside: await serve(folder, 'beside'), throughout: isAtWork };
  } finally {
    await workshop.stop();
  }
}

export function servingRows({ alone, beside }: BesideWorkshop): Row[] {
  return [
    { contender: 'serving 4 cameras alone', ...alone },
    { contender: 'serving beside models optimize', ...beside },
  ];
}

/** @param measured null where it was not */
export function servingGoal(measured: BesideWorkshop | null): Goal {
  const value = measured?.throughout ? measured.beside.dropped : null;
  return {
    name: 'frames that a runtime with 4 cameras drops beside models optimize',
    value,
    goal: '<= 0',
    met: value === null ? null : value <= 0,
  };
}

async function serve(folder: string, name: string): Promise<Serving> {
  const file = join(folder, `${name}.yaml`);
  const configuration = {
    board: 'none',
    model: { name: MODEL },
    store: { dir: join(folder, name) },
    mqtt: { broker: 'off' },
    http: { enabled: false },
    output: { logLevel: 'warn' },
  };
  writeFileSync(file, JSON.stringify(configuration)); // JSON is YAML
  const results = join(folder, `${name}.jsonl`);
  const args = [
    'run',
    '--config',
    file,
    '--source',
    CAMERAS,
    '--duration',
    `${SECONDS}`,
    '--results',
    results,
    '--json',
  ];
  const { lastLine } = await start([process.execPath, MAIN, ...args], TIMEOUT_MS).ended;
  const { captured, dropped, latencyMs } = JSON.parse(lastLine) as Summary;
  const atStart = missingAtStart(readResults(results) as (FrameLine & Answer)[]);
  const all = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { captured, dropped: all - atStart, droppedAtStart: atStart, p95Ms: latencyMs.p95 };
}

/** A result of `run --results`, as far as it is read. */
export type Answer = Pick<FrameLine, 'seq' | 'capturedAt'> & { readonly camera: string };

/** Frames without a result before one captured in the first second of serving; cameras count theirs from 0. */
export function missingAtStart(answers: readonly Answer[]): number {
  const until = Math.min(...answers.map(({ capturedAt }) => capturedAt)) + START_MS;
  const next = new Map<string, number>();
  let missing = 0;
  for (const { camera, seq, capturedAt } of [...answers].sort((a, b) => a.seq - b.seq)) {
    if (capturedAt < until) missing += seq - (next.get(camera) ?? 0);
    next.set(camera, seq + 1);
  }
  return missing;
}

/** The last line of `run --json`, as far as it is read. */
interface Summary {
  readonly captured: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p95: number | null };
}
