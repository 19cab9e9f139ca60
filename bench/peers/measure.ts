import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../../src/foundation/statistics.js';
import { CountingBroker } from './broker.js';
import type { Contender, Phase, Task } from './contender.js';
import { answerTimes, type FrameLine, framesPerSecond, readResults } from './results.js';
import { UsageSampler } from './usage.js';

const LAST_WORDS = 2000;
/** Longer than the slowest contender needs: start-up, and so much for each frame. */
const START_MS = 60_000;
const FRAME_MS = 500;

/** One contender, once through the clip. */
export interface Measured {
  readonly lines: readonly FrameLine[];
  readonly fps: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly cpuPer1000: number | null;
  /** Bytes. */
  readonly peakRss: number | null;
  readonly peakPss: number | null;
  /** MQTT messages that the broker got. */
  readonly messages: number;
}

/** @throws Error with the program's last words where it fails or answers nothing */
export async function measure(contender: Contender, task: Task, pace: Phase['pace']): Promise<Measured> {
  const results = join(mkdtempSync(join(task.scratch, 'run-')), 'results.jsonl');
  const broker = await CountingBroker.start();
  try {
    const [program, ...args] = contender.command(task, { pace, port: broker.port, results });
    const usage = await runToEnd(program, args, START_MS + task.frames * FRAME_MS);
    const lines = readResults(results).slice(0, task.frames);
    const latencies = lines.map(({ latencyMs }) => latencyMs);
    const answeredAt = answerTimes(lines);
    return {
      lines,
      fps: framesPerSecond(answeredAt),
      p50Ms: quantile(latencies, 0.5),
      p95Ms: quantile(latencies, 0.95),
      cpuPer1000: usage.cpuPer1000(answeredAt),
      peakRss: usage.peakRss,
      peakPss: usage.peakPss,
      messages: broker.messages,
    };
  } finally {
    await broker.stop();
  }
}

async function runToEnd(program: string, args: readonly string[], timeoutMs: number): Promise<UsageSampler> {
  // detached: a process group of its own, so that a timeout ends its children too
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env: environment() });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? `code ${code}`}`));
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
    }
  };
  process.once('exit', endGroup);
  const timer = setTimeout(endGroup, timeoutMs);
  const usage = new UsageSampler(child.pid ?? 0);
  usage.start();
  try {
    const failure = await ended;
    if (failure) throw new Error(`${failure}: ${words.trim()}`);
    return usage;
  } finally {
    usage.stop();
    clearTimeout(timer);
    process.removeListener('exit', endGroup);
  }
}

/** Without the variables that configure this program: everything it does here is in its configuration file. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name === 'EDGE_FFMPEG' || !name.startsWith('EDGE_')),
  );
}
