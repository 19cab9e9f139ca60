import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { Frame } from '../../../src/frame/frame.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { DevicePoints } from '../../../src/runtime/tuning/device-points.js';
import { IdleProfiling } from '../../../src/runtime/tuning/idle-profiling.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';
import type { Observation } from '../../../src/tune/observation.js';
import type { OperatingPoint } from '../../../src/tune/operating-point.js';
import { needsModel } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const withModel = needsModel(test);
const folder = temporaryFolder('idle-profiling');
const shipped = join(PROJECT_ROOT, 'models', 'roadside-n');
const point: OperatingPoint = {
  model: 'roadside-n',
  variant: 'small',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
};

/** roadside-n with three small sizes of its fp32 network. */
function modelsFolder(): string {
  const dir = join(folder, 'models');
  mkdirSync(join(dir, 'roadside-n'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
  copyFileSync(join(shipped, fp32.file), join(dir, 'roadside-n', fp32.file));
  const variant = (id: string, width: number, height: number, value: number) => {
    const absolute = [{ metric: 'F1', set: 'roads', value }];
    return { ...fp32, id, width, height, accuracy: { metric: 'AP50', relativeToFp32: 1, absolute } };
  };
  const variants = [variant('small', 160, 96, 0.4), variant('middle', 224, 128, 0.5), variant('large', 320, 192, 0.6)];
  writeFileSync(join(dir, 'roadside-n', 'model.json'), JSON.stringify({ ...manifest, variants }));
  return dir;
}

const config = (store: string) =>
  configSchema.parse({
    cameras: [{ id: 'north', url: 'sim://road' }],
    model: { dir: modelsFolder() },
    store: { dir: join(folder, store) },
  });

let now = 0;
/** An idle device, ten seconds after the last observation. */
function idle(over: Partial<Observation> = {}): Observation {
  now += 10_000;
  return {
    now,
    unixNow: now,
    knobs: { point, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 80 },
    cameras: [],
    serviceMs: 5,
    p95LatencyMs: 20,
    lateShare: 0,
    errorShare: 0,
    keptF1: null,
    temperature: null,
    throttleAt: null,
    throttledBy: [],
    watts: null,
    cpuBusy: 0.1,
    cpuBusyElsewhere: 0,
    memoryBytes: null,
    memoryFreeBytes: null,
    uplinkBytesPerDay: null,
    ...over,
  };
}

interface Watched {
  readonly profiling: IdleProfiling;
  readonly points: DevicePoints;
  learnt: number;
}

function watched(store: string, observation: () => Observation): Watched {
  const settings = config(store);
  mkdirSync(settings.store.dir, { recursive: true });
  const points = new DevicePoints({ config: settings, log: silentLog });
  const watch: Watched = {
    points,
    learnt: 0,
    profiling: new IdleProfiling({
      config: settings,
      candidates: (inUse) => points.candidates(inUse),
      observation,
      isTrying: () => false,
      onLearnt: () => watch.learnt++,
      log: silentLog,
      lookEveryMs: 10,
    }),
  };
  return watch;
}

/** Pictures of a road, from ever other cameras: of one camera one is taken every two seconds. */
function showPictures(profiling: IdleProfiling): void {
  const road = new Road(parseSimulatorUrl('sim://road?traffic=rush&seed=4&width=320&height=180'));
  const { width, height } = road;
  for (let i = 0; i < 36; i++) {
    const data = new Uint8Array(width * height * 3);
    road.render(i * 1500, data);
    const camera = `camera ${i}`;
    if (!profiling.wants(camera)) continue;
    profiling.take(
      { camera, width, height, data, release: () => undefined } as unknown as Frame,
      { detections: { count: 1 } } as unknown as FrameResult,
    );
  }
}

withModel('an idle device measures every candidate, and holds what they see against one another', async () => {
  const watch = watched('measured', () => idle());
  const { profiling, points } = watch;
  profiling.start();
  await eventually('pictures are wanted', () => profiling.wants('camera 0'));
  showPictures(profiling);
  await eventually('everything is measured', () => profiling.status().state === 'done', 60_000);
  const seen = profiling.seen();
  const known = await points.candidates(point);
  await profiling.stop();
  assert.equal(seen.map(({ variant }) => variant).sort(), ['large', 'middle', 'small']);
  const f1 = new Map(seen.map((one) => [one.variant, one.f1]));
  assert.ok(f1.get('large')! > f1.get('small')!, `${[...f1]}`);
  assert.ok(seen[0]!.boxes > 50, `${seen[0]!.boxes}`);
  const measured = known.filter(({ isMeasured }) => isMeasured);
  assert.equal([...new Set(measured.map(({ variant }) => variant))].sort(), ['large', 'middle', 'small']);
  // two speeds (that of the one in use comes with the first) and the comparison
  assert.is(watch.learnt, 3);
});

withModel('a device that has something to do is left alone, and a measurement under way ends', async () => {
  let busy = false;
  const { profiling } = watched('interrupted', () => idle(busy ? { lateShare: 0.2 } : {}));
  profiling.start();
  await eventually('pictures are wanted', () => profiling.wants('camera 0'));
  showPictures(profiling);
  await eventually('it measures', () => profiling.status().state === 'measuring');
  busy = true;
  await eventually('it waits', () => profiling.status().state === 'waiting', 20_000);
  assert.match(profiling.status().detail, /^20 % of the frames are late$/);
  await profiling.stop();
});

withModel('where the variant is named there is nothing to be measured', () => {
  const settings = config('named');
  const profiling = new IdleProfiling({
    config: { ...settings, model: { ...settings.model, variant: 'small' } },
    candidates: async () => [],
    observation: () => idle(),
    isTrying: () => false,
    onLearnt: () => undefined,
    log: silentLog,
  });
  profiling.start();
  assert.equal(profiling.status(), { state: 'off', detail: 'the variant stays where it is', left: null });
});

test.run();
