import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { formatYaml } from '../../src/config/yaml.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { quantile } from '../../src/foundation/statistics.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { freePort } from '../harness/free-port.js';
import { start } from '../harness/program.js';
import { filmRoad } from '../kpi/simulated-clip.js';

const TICKS_PER_SECOND = 100;
const LONGEST_MS = 1_800_000;
const SETTLED_MS = 500;

/** Frames of a clip, which comes again and again, and how many a second: it takes six seconds. */
export const CLIP = { frames: 30, fps: 5 } as const;
export const CLIP_S = CLIP.frames / CLIP.fps;

/** A stretch of time, measured. */
export interface Measured {
  /** Processor time of the program's own process, of one core, 0..1. */
  readonly cpu: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** ms of every answer, by camera and frame of the clip. */
  readonly byFrame: ReadonlyMap<string, readonly number[]>;
  readonly frames: number;
}

/** The program on cameras that show a clip of the simulated road again and again, measured from outside. */
export interface ServingDevice {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  pause(ms: number): Promise<void>;
  /** Over a stretch; of a whole number of clips, so that each holds the same frames. */
  stretch(clips: number): Promise<Measured>;
  stop(): Promise<void>;
}

/** Starts it, and waits until every camera is answered. */
export async function servingDevice(folder: string, cameras: number): Promise<ServingDevice> {
  const port = await freePort();
  const clips = await filmed(folder, cameras);
  const config = join(folder, 'site.yaml');
  const results = join(folder, 'results.jsonl');
  const site = {
    board: 'none',
    cameras: clips.map((url, index) => ({
      id: `cam${index + 1}`,
      url,
      loop: true,
      pace: 'realtime',
      lines: [{ id: 'gate', from: [0.2, 0.5], to: [0.8, 0.5] }],
    })),
    http: { port },
    store: { dir: join(folder, 'store') },
    output: { resultsFile: results, logLevel: 'warn' },
    model: { name: 'roadside-n', variant: 'int8-fused-320x192' },
    // every frame is inferred: it asks for the same work each time that it comes
    answer: { accuracyFloor: 1, rememberedScenes: 0 },
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
  const answers = (): { camera: string; seq: number; capturedAt: number; latencyMs: number }[] =>
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
    stretch: async (clips) => {
      const [from, cpuBefore] = [Date.now(), ownCpuSeconds(program.pid)];
      await pause(clips * CLIP_S * 1000);
      const [to, cpuAfter] = [Date.now(), ownCpuSeconds(program.pid)];
      // those that were captured in it may be answered after it
      await pause(SETTLED_MS);
      const within = answers().filter(({ capturedAt }) => capturedAt >= from && capturedAt < to);
      const byFrame = new Map<string, number[]>();
      for (const { camera, seq, latencyMs } of within) {
        const frame = `${camera} ${seq % CLIP.frames}`;
        byFrame.set(frame, [...(byFrame.get(frame) ?? []), latencyMs]);
      }
      const latencies = within.map(({ latencyMs }) => latencyMs);
      return {
        cpu: ((cpuAfter - cpuBefore) * 1000) / (to - from),
        p50Ms: quantile(latencies, 0.5) ?? Number.NaN,
        p95Ms: quantile(latencies, 0.95) ?? Number.NaN,
        byFrame,
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

/** A clip of a road for each camera. */
async function filmed(folder: string, cameras: number): Promise<string[]> {
  const { path } = await findFfmpeg({ env: process.env });
  const clips: string[] = [];
  for (let camera = 1; camera <= cameras; camera++) {
    const clip = join(folder, `road-${camera}.mp4`);
    const road = new Road(parseSimulatorUrl(`sim://road?traffic=mixed&seed=${camera}&fps=${CLIP.fps}`));
    await filmRoad(road, CLIP.frames, path, clip);
    clips.push(clip);
  }
  return clips;
}

/** User and system time of a process with all its threads, without its children: the detector's workers. */
function ownCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
