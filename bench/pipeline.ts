import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FrameLoop } from '../src/answer/frame-loop.js';
import { VehicleNumbers } from '../src/answer/vehicle-numbers.js';
import { configSchema } from '../src/config/config.js';
import type { LoadRequest } from '../src/detect/detector.js';
import { systemClock } from '../src/foundation/clock.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { silentLog } from '../src/foundation/log.js';
import { quantile } from '../src/foundation/statistics.js';
import type { Frame } from '../src/frame/frame.js';
import { buildLoadRequest } from '../src/models/load-request.js';
import { ModelRegistry } from '../src/models/registry.js';
import { Workers } from '../src/runtime/detector/workers.js';
import { CameraInference } from '../src/schedule/inference.js';
import { parseSimulatorUrl } from '../src/simulator/options.js';
import { Road } from '../src/simulator/road.js';
import { readOptions, text, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- pipeline [--models roadside-n,roadside-s] [--variant default] [--frames 300] [--rounds 5] [--threads 1]

Frames already in memory go through letterbox, worker process, session, decoding and NMS; the rival is a bare loop of
session.run in a process of its own on the same model, threads and cores. Rounds alternate; medians are reported.
`;

interface Measured {
  readonly framesPerSecond: number;
  readonly loopDelayP99Ms: number;
  readonly latencyP50Ms: number;
}

/** Frames in memory to results, against a bare loop of session.run. */
export async function run(args: string[]): Promise<BenchReport> {
  const { models, ...options } = readOptions(args, USAGE, {
    models: text('roadside-n,roadside-s'),
    variant: text('default'),
    frames: wholeNumber({ least: 1, usual: 300 }),
    rounds: wholeNumber({ least: 1, usual: 5 }),
    threads: wholeNumber({ least: 1, usual: 1 }),
  });
  const pictures = roadPictures(64);
  const rows = [];
  for (const model of models.split(',')) {
    rows.push(await compare(model, { ...options, pictures }));
  }
  return {
    name: 'pipeline',
    rows,
    goals: rows.flatMap(({ model, ratio, loopDelayP99Ms }) => [
      { name: `${model}: throughput of the bare loop kept`, value: ratio, goal: '>= 0.90', met: ratio >= 0.9 },
      { name: `${model}: event-loop delay p99 ms`, value: loopDelayP99Ms, goal: '< 10', met: loopDelayP99Ms < 10 },
    ]),
  };
}

interface Case {
  readonly variant: string;
  readonly frames: number;
  readonly rounds: number;
  readonly threads: number;
  readonly pictures: readonly Uint8Array[];
}

async function compare(model: string, { variant, frames, rounds, threads, pictures }: Case) {
  const request = await loadRequest(model, variant, threads);
  const ours: Measured[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await pipeline(request, frames, pictures));
    bare.push(bareLoop(request, frames));
  }
  // each round's pair ran one after the other: the machine's mood is in both
  const ratio = median(ours.map(({ framesPerSecond }, i) => framesPerSecond / bare[i]!));
  return {
    model,
    variant: request.variant,
    input: `${request.input.width}x${request.input.height}`,
    threads,
    pipelineFps: round(median(ours.map((one) => one.framesPerSecond))),
    bareFps: round(median(bare)),
    ratio: round(ratio),
    latencyP50Ms: round(median(ours.map((one) => one.latencyP50Ms))),
    loopDelayP99Ms: round(median(ours.map((one) => one.loopDelayP99Ms))),
    rounds,
  };
}

async function loadRequest(model: string, variant: string, threads: number): Promise<LoadRequest> {
  const config = configSchema.parse({ detector: { intraOpThreads: threads } });
  const entry = await (await ModelRegistry.open(join(PROJECT_ROOT, 'models'))).find(model, variant);
  return buildLoadRequest(entry, config.model, config.detector);
}

/** The runtime's own parts, from a frame in memory on. */
async function pipeline(request: LoadRequest, frames: number, pictures: readonly Uint8Array[]): Promise<Measured> {
  const config = configSchema.parse({});
  const { detector, schedule } = config;
  const pools = [{ name: 'default', request, detector }];
  const workers = new Workers({ pools, schedule, log: silentLog, onChange: () => undefined });
  await workers.start();
  const inference = new CameraInference(workers.slots, { source: 'memory' });
  const latencies: number[] = [];
  const loop = new FrameLoop({
    givesUp: (frame, budgetMs) => inference.givesUp(frame, budgetMs),
    prepare: (frame) => inference.prepare(frame),
    answering: { kind: 'every-frame', numbers: new VehicleNumbers(request.scoreThresholds) },
    isIdle: () => false,
    stalenessMs: null,
    answeringModel: () => ({ model: request.model, variant: request.variant, provider: 'cpu' }),
    clock: systemClock,
    wantsPixels: () => false,
    onResult: (result) => latencies.push(result.latencyMs),
    onDropped: (_frame, cause, error) => {
      throw new Error(`a frame was dropped: ${cause}`, { cause: error });
    },
  });
  await loop.run(inMemory(20, pictures));
  latencies.length = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await loop.run(inMemory(frames, pictures));
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  await workers.stop();
  if (latencies.length !== frames) throw new Error(`${latencies.length} of ${frames} frames were answered`);
  return {
    framesPerSecond: frames / seconds,
    // the sampling timer's own 1 ms is in every sample
    loopDelayP99Ms: delay.percentile(99) / 1e6 - 1,
    latencyP50Ms: quantile(latencies, 0.5)!,
  };
}

function bareLoop({ file, input, session }: LoadRequest, runs: number): number {
  const script = join(PROJECT_ROOT, 'dist/bench/bare-loop.js');
  const { width, height, layout, type } = input;
  const args = [script, file, width, height, session.intraOpThreads, runs, layout, type].map(String);
  return (runs / Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))) * 1000;
}

function roadPictures(count: number): Uint8Array[] {
  const road = new Road(parseSimulatorUrl('sim://road?seed=11&traffic=rush'));
  return Array.from({ length: count }, (_, i) => {
    const picture = new Uint8Array(road.width * road.height * 3);
    road.render(i * 5, picture);
    return picture;
  });
}

async function* inMemory(frames: number, pictures: readonly Uint8Array[]): AsyncGenerator<Frame> {
  for (let seq = 0; seq < frames; seq++) {
    yield {
      camera: 'memory',
      seq,
      capturedAt: Date.now(),
      arrivedAt: performance.now(),
      sceneMs: seq * 40,
      width: 640,
      height: 360,
      sourceWidth: 640,
      sourceHeight: 360,
      damaged: false,
      data: pictures[seq % pictures.length]!,
      release: () => undefined,
    };
  }
}
