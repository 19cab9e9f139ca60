import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintId } from '../../../src/board/fingerprint.js';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { Frame } from '../../../src/frame/frame.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { deviceFingerprint, placeAt } from '../../../src/profile/device-fingerprint.js';
import { DevicePoints } from '../../../src/runtime/tuning/device-points.js';
import { IdleProfiling } from '../../../src/runtime/tuning/idle-profiling.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';
import { openDatabase } from '../../../src/store/database.js';
import type { Measurement } from '../../../src/store/measurement.js';
import { PROFILE_MIGRATIONS } from '../../../src/store/migrations.js';
import { Profiles } from '../../../src/store/profiles.js';
import type { Observation } from '../../../src/tune/observation.js';
import type { OperatingPoint } from '../../../src/tune/operating-point.js';
import { needsModel } from '../../detect/roadside-request.js';
import { MEASURED } from '../../store/measured.js';
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

/** Small sizes of the fp32 network of roadside-n. */
const SIZES = {
  small: { width: 160, height: 96, value: 0.4 },
  middle: { width: 224, height: 128, value: 0.5 },
  large: { width: 320, height: 192, value: 0.6 },
};
type Size = keyof typeof SIZES;

/** roadside-n with some of them. */
function modelsFolder(sizes: readonly Size[]): string {
  const dir = join(folder, `models of ${sizes.join(', ')}`);
  mkdirSync(join(dir, 'roadside-n'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
  copyFileSync(join(shipped, fp32.file), join(dir, 'roadside-n', fp32.file));
  const variants = sizes.map((id) => {
    const { value, width, height } = SIZES[id];
    const absolute = [{ metric: 'F1', set: 'roads', value }];
    return { ...fp32, id, width, height, accuracy: { metric: 'AP50', relativeToFp32: 1, absolute } };
  });
  writeFileSync(join(dir, 'roadside-n', 'model.json'), JSON.stringify({ ...manifest, variants }));
  return dir;
}

function configOf(store: string, sizes: readonly Size[] = ['small', 'middle', 'large']) {
  const config = configSchema.parse({
    cameras: [{ id: 'north', url: 'sim://road' }],
    model: { dir: modelsFolder(sizes) },
    store: { dir: join(folder, store) },
  });
  mkdirSync(config.store.dir, { recursive: true });
  return config;
}

/** Writes down how fast the three are, as if that had been measured on this machine: what it is today depends on its load. */
function storeSpeeds({ store, model, detector }: ReturnType<typeof configOf>): void {
  const file = join(store.dir, 'profiles.db');
  const open = () => openDatabase({ file, migrations: PROFILE_MIGRATIONS, log: silentLog });
  const profiles = new Profiles({ open, log: silentLog });
  profiles.start();
  const fingerprint = deviceFingerprint(detector, 'cpu', placeAt('/'));
  const { variants } = JSON.parse(readFileSync(join(model.dir, 'roadside-n', 'model.json'), 'utf8'));
  const measured = (variant: Size, p50Ms: number): Measurement => {
    const { sha256 } = variants.find(({ id }: { id: string }) => id === variant);
    const own = { model: 'roadside-n', variant, sha256, threads: 1, measuredAt: Date.now() };
    return { ...MEASURED, ...own, p50Ms, p95Ms: p50Ms, imagesPerSecond: 1000 / p50Ms, drift: 1 };
  };
  const device = { id: fingerprintId(fingerprint), fingerprint: { ...fingerprint }, seenAt: Date.now() };
  profiles.save(device, [measured('small', 5), measured('middle', 10), measured('large', 20)]);
  profiles.stop();
}

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

function watched(settings: ReturnType<typeof configOf>, observation: () => Observation): Watched {
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

test('once everything was measured it is looked every ten minutes whether there is something new', async () => {
  const asked: number[] = [];
  const profiling = new IdleProfiling({
    config: configOf('done'),
    candidates: async () => {
      asked.push(now);
      return [];
    },
    observation: () => idle(),
    isTrying: () => false,
    onLearnt: () => undefined,
    log: silentLog,
    lookEveryMs: 1,
  });
  profiling.start();
  await eventually('it has looked three times', () => asked.length >= 3);
  await profiling.stop();
  assert.is(profiling.status().state, 'done');
  const [first, second, third] = asked as [number, number, number];
  assert.ok(second - first >= 600_000 && third - second >= 600_000, asked.join(' '));
});

withModel('an idle device measures how fast each candidate is', async () => {
  const watch = watched(configOf('speeds', ['small', 'large']), () => idle());
  const { profiling, points } = watch;
  profiling.start();
  await eventually('pictures are wanted', () => profiling.wants('camera 0'));
  showPictures(profiling);
  await eventually('everything is measured', () => profiling.status().state === 'done', 60_000);
  assert.equal(profiling.seen(), [], 'two cannot be compared');
  const known = await points.candidates(point);
  await profiling.stop();
  const measured = known.filter(({ isMeasured }) => isMeasured);
  assert.equal([...new Set(measured.map(({ variant }) => variant))].sort(), ['large', 'small']);
  assert.is(watch.learnt, 1, 'the speed of the one in use came with that of the other');
});

withModel('an idle device holds what its candidates see against one another', async () => {
  const config = configOf('looks');
  storeSpeeds(config);
  const watch = watched(config, () => idle());
  const { profiling } = watch;
  profiling.start();
  await eventually('pictures are wanted', () => profiling.wants('camera 0'));
  showPictures(profiling);
  await eventually('all were compared', () => profiling.status().state === 'done', 60_000);
  const seen = profiling.seen();
  await profiling.stop();
  assert.equal(seen.map(({ variant }) => variant).sort(), ['large', 'middle', 'small']);
  const f1 = new Map(seen.map((one) => [one.variant, one.f1]));
  assert.ok(f1.get('large')! > f1.get('small')!, `${[...f1]}`);
  assert.ok(seen[0]!.boxes > 50, `${seen[0]!.boxes}`);
  assert.is(watch.learnt, 1);
});

withModel('a device that has something to do is left alone, and a measurement under way ends', async () => {
  let busy = false;
  const { profiling } = watched(configOf('interrupted'), () => idle(busy ? { lateShare: 0.2 } : {}));
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
  const settings = configOf('named');
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
