import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatYaml } from '../../src/config/yaml.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { quantile } from '../../src/foundation/statistics.js';
import { freePort } from '../harness/free-port.js';
import { start } from '../harness/program.js';

const TICKS_PER_SECOND = 100;
const LONGEST_MS = 1_800_000;

/** The program on simulated cameras, measured from outside. */
export interface ServingDevice {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  pause(ms: number): Promise<void>;
  /** Processor time of the program's own process, and how long its frames took, over a stretch. */
  stretch(seconds: number): Promise<{ cpu: number; p50Ms: number; p95Ms: number; frames: number }>;
  stop(): Promise<void>;
}

/** Starts it, and waits until every camera is answered. */
export async function servingDevice(folder: string, cameras: number): Promise<ServingDevice> {
  const port = await freePort();
  const config = join(folder, 'site.yaml');
  const results = join(folder, 'results.jsonl');
  const site = {
    board: 'none',
    cameras: Array.from({ length: cameras }, (_, index) => ({
      id: `cam${index + 1}`,
      url: `sim://road?traffic=mixed&seed=${index + 1}&fps=10`,
      lines: [{ id: 'gate', from: [0.2, 0.5], to: [0.8, 0.5] }],
    })),
    http: { port },
    store: { dir: join(folder, 'store') },
    output: { resultsFile: results, logLevel: 'warn' },
    // its trials would come in one stretch and not in the other
    tune: { enabled: false },
  };
  writeFileSync(config, formatYaml(site), { mode: 0o600 });
  const program = start(
    [process.execPath, join(PROJECT_ROOT, 'dist/src/main.js'), 'run', '--config', config],
    LONGEST_MS,
  );
  const ended = program.ended.then(
    () => undefined,
    () => undefined,
  );
  const answers = (): { camera: string; capturedAt: number; latencyMs: number }[] =>
    readFileSync(results, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  let isStopped = false;
  const url = `http://127.0.0.1:${port}/`;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  for (;;) {
    await pause(500);
    const isOver = await Promise.race([ended.then(() => true), pause(1).then(() => false)]);
    // a rejection says why in the program's own words
    if (isOver) await program.ended;
    const status = await fetch(`${url}api/status`).then(
      (reply) => reply.json() as Promise<{ cameras: { inferred: number }[] }>,
      () => null,
    );
    if (status !== null && status.cameras.length === cameras && status.cameras.every(({ inferred }) => inferred > 5))
      break;
  }
  return {
    url,
    pause,
    stretch: async (seconds) => {
      const [from, cpuBefore] = [Date.now(), ownCpuSeconds(program.pid)];
      await pause(seconds * 1000);
      const [to, cpuAfter] = [Date.now(), ownCpuSeconds(program.pid)];
      const latencies = answers().flatMap(({ capturedAt, latencyMs }) =>
        capturedAt >= from && capturedAt < to ? [latencyMs] : [],
      );
      return {
        cpu: ((cpuAfter - cpuBefore) * 1000) / (to - from),
        p50Ms: quantile(latencies, 0.5) ?? Number.NaN,
        p95Ms: quantile(latencies, 0.95) ?? Number.NaN,
        frames: latencies.length,
      };
    },
    stop: async () => {
      if (!isStopped) process.kill(program.pid, 'SIGTERM');
      isStopped = true;
      await ended;
    },
  };
}

/** User and system time of a process with all its threads, without its children: the detector's workers. */
function ownCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
