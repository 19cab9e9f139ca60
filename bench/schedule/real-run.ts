import { join } from 'node:path';
import { FrameLoop } from '../../src/answer/frame-loop.js';
import { VehicleNumbers } from '../../src/answer/vehicle-numbers.js';
import { FrameQueue } from '../../src/capture/frame-queue.js';
import { configSchema } from '../../src/config/config.js';
import type { LoadRequest } from '../../src/detect/detector.js';
import { systemClock } from '../../src/foundation/clock.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { silentLog } from '../../src/foundation/log.js';
import { pause } from '../../src/foundation/pause.js';
import { quantile } from '../../src/foundation/statistics.js';
import type { Frame } from '../../src/frame/frame.js';
import { buildLoadRequest } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { type WorkerPool, Workers } from '../../src/runtime/detector/workers.js';
import { CameraInference } from '../../src/schedule/inference.js';
import { CURVES, type CurveName, sizesOf } from './curves.js';

const { model, detector, schedule } = configSchema.parse({ model: { name: 'roadside-n' } });
/** Small ones: what is measured is the schedule, not the letterbox. */
const [WIDTH, HEIGHT] = [96, 64];

export interface RealOptions {
  readonly cameras: number;
  readonly framesPerS: number;
  readonly seconds: number;
  readonly budgetMs: number;
}

/** What became of the frames of a run through real processes. */
export interface RealOutcome {
  readonly captured: number;
  readonly answeredPerS: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Frames whose end nobody knows. */
  readonly unaccounted: number;
  readonly dropped: number;
  /** Pictures that went together, mean. */
  readonly batch: number;
}

async function requestOf(): Promise<LoadRequest> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  return buildLoadRequest(await registry.find(model.name), model, detector);
}

/** A process that takes as long as the curve says. */
export async function emulatedPool(name: CurveName, maxBatch: number): Promise<WorkerPool> {
  const request = await requestOf();
  const sizes = sizesOf(CURVES[name]).filter((size) => size <= maxBatch);
  const command = [process.execPath, join(PROJECT_ROOT, 'dist/bench/schedule/emulated-worker.js'), name];
  const input = { ...request.input, width: WIDTH, height: HEIGHT };
  return { name, request: { ...request, input, batchSizes: sizes }, detector: { ...detector, command } };
}

/** The built-in worker with roadside-n. */
export async function cpuPool(maxBatch: number): Promise<WorkerPool> {
  const request = await requestOf();
  return { name: 'cpu', request: { ...request, batchSizes: sizesOf({ largest: maxBatch }) }, detector };
}

/** Cameras with frames in memory, every one of which is inferred, through the runtime's own frame loops and workers. */
export async function runReal(pools: readonly WorkerPool[], options: RealOptions): Promise<RealOutcome> {
  const workers = new Workers({ pools, schedule, log: silentLog, onChange: () => undefined });
  await workers.start();
  // those that take several pictures at once are tried first
  while (workers.slots.loads.some(({ isReady }) => !isReady)) await pause(10, new AbortController().signal);
  const { input } = pools[0]!.request;
  const cameras = Array.from({ length: options.cameras }, (_, index) =>
    runCamera(workers, `${index}`, { width: input.width, height: input.height }, options),
  );
  const ends = await Promise.all(cameras);
  const [pictures, batches] = workers.slots.loads.reduce(
    ([p, b], load) => [p + load.pictures, b + load.batches] as [number, number],
    [0, 0] as [number, number],
  );
  await workers.stop();
  const ages = ends.flatMap((end) => end.ages);
  const captured = ends.reduce((sum, end) => sum + end.captured, 0);
  const dropped = ends.reduce((sum, end) => sum + end.dropped, 0);
  return {
    captured,
    answeredPerS: ages.length / options.seconds,
    p95Ms: quantile(ages, 0.95) ?? Number.NaN,
    p99Ms: quantile(ages, 0.99) ?? Number.NaN,
    unaccounted: captured - ages.length - dropped,
    dropped,
    batch: batches === 0 ? 0 : pictures / batches,
  };
}

async function runCamera(
  workers: Workers,
  camera: string,
  { width, height }: Pick<Frame, 'width' | 'height'>,
  { framesPerS, seconds, budgetMs }: RealOptions,
): Promise<{ captured: number; dropped: number; ages: number[] }> {
  const queue = new FrameQueue(2, 'drop-oldest');
  const inference = new CameraInference(workers.slots, { source: camera });
  const ages: number[] = [];
  let dropped = 0;
  const loop = new FrameLoop({
    givesUp: (frame, budget) => inference.givesUp(frame, budget),
    prepare: (frame) => inference.prepare(frame),
    answering: { kind: 'every-frame', numbers: new VehicleNumbers([0.35]) },
    isIdle: () => false,
    stalenessMs: budgetMs,
    answeringModel: () => ({ model: 'emulated', variant: 'emulated', provider: 'emulated' }),
    clock: systemClock,
    wantsPixels: () => false,
    onResult: ({ latencyMs }) => ages.push(latencyMs),
    onDropped: () => dropped++,
  });
  const running = loop.run(queue);
  const data = new Uint8Array(width * height * 3);
  const period = 1000 / framesPerS;
  const began = performance.now() + Math.random() * period;
  const frames = Math.round(seconds * framesPerS);
  for (let seq = 0; seq < frames; seq++) {
    await pause(began + seq * period - performance.now(), new AbortController().signal);
    const size = { width, height, sourceWidth: width, sourceHeight: height };
    const now = performance.now();
    void queue.push({
      ...size,
      camera,
      seq,
      capturedAt: Date.now(),
      arrivedAt: now,
      sceneMs: seq * period,
      damaged: false,
      data,
      release: () => undefined,
    });
  }
  queue.end();
  await running;
  return { captured: frames, dropped: dropped + queue.dropped, ages };
}
