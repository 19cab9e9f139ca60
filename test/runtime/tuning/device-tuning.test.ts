import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Machine } from '../../../src/board/machine/machine.js';
import { configSchema } from '../../../src/config/config.js';
import { createLog } from '../../../src/foundation/log.js';
import { DeviceTuning, type DeviceTuningParts } from '../../../src/runtime/tuning/device-tuning.js';
import { Histogram } from '../../../src/telemetry/metrics/histogram.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import type { KnobSettings } from '../../../src/tune/knobs.js';
import { temporaryFolder } from '../../temporary.js';
import { LARGE_POINT, measuredPoint, SMALL_POINT } from '../../tune/two-points.js';

const root = temporaryFolder('tuning');

/** One camera of 25 frames/s with two inferences a second, on a machine of which nothing can be read; time is told. */
class Device {
  now = 0;
  readonly asked: string[] = [];
  readonly kept: string[] = [];
  commanded: { key: string; value: unknown }[] = [];
  reads = 0;
  trouble: string | null = null;
  knobs: KnobSettings | null = { point: SMALL_POINT, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 80 };
  readonly tuning: DeviceTuning;
  readonly #latencies = new Histogram();

  constructor(config: object = {}) {
    const clock = { now: () => this.now, unixNow: () => 1_795_000_000_000 + this.now };
    const seconds = () => this.now / 1000;
    const machine = new Machine({
      root,
      clock,
      intervalMs: 1000,
      places: {},
      onFailure: () => undefined,
      onClockJump: () => undefined,
    });
    const parts = {
      config: configSchema.parse(config),
      machine: { machine },
      processes: { totalBytes: null, uses: [] },
      cameras: {
        all: [],
        latencies: () => [this.#latencies],
        outcomes: () => ({ answered: 25 * seconds(), failed: 0, outrun: 0 }),
        loads: () => [
          { camera: 'a', captured: 25 * seconds(), inferred: 2 * seconds(), wanted: 2 * seconds(), vehicles: 2 },
        ],
        service: () => ({ served: 2 * seconds(), servedMs: 6 * seconds() }),
        servingS: seconds,
      },
      knobs: {
        currentOrNull: this.knobs,
        apply: async () => async () => undefined,
      },
      points: {
        read: async () => {
          this.reads++;
          if (this.trouble !== null) throw new Error(this.trouble);
          return [measuredPoint(SMALL_POINT, 0.8, 3), measuredPoint(LARGE_POINT, 0.9, 20)];
        },
      },
      engine: {
        register: () => undefined,
        isEnabled: () => true,
        underWay: [],
        consider: async (strategy: string) => {
          this.asked.push(strategy);
          return {
            strategy,
            outcome: 'tried',
            why: '',
            change: { knobs: [], from: 'n', to: 's', reason: 'better' },
            trial: null,
          };
        },
      },
      states: { keep: (name: string) => this.kept.push(name), kept: () => undefined },
      commanded: () => this.commanded,
      wireBytes: () => null,
      compression: { effort: 1, most: 3, pictures: 0, saved: null },
      metrics: new Metrics(),
      log: createLog('silent'),
    } as unknown as DeviceTuningParts;
    this.tuning = new DeviceTuning(parts, clock);
  }

  /** Lets so many seconds pass, one look each. */
  async pass(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.now += 1000;
      for (let frame = 0; frame < 25; frame++) this.#latencies.observe(12);
      await this.tuning.sample();
    }
  }
}

test('it observes every few seconds, leaves the first ones alone, and has tried what it decides', async () => {
  const device = new Device();
  device.tuning.start();
  await device.pass(9);
  assert.is(device.reads, 0);
  await device.pass(60);
  assert.is(device.reads, 1);
  assert.is(device.asked[0], 'model');
  const { lastChange, enabled, waitsFor } = device.tuning.status();
  assert.equal([lastChange?.to, lastChange?.reason, enabled, waitsFor], ['s', 'better', true, null]);
  assert.equal(device.tuning.observation?.cameras[0], {
    camera: 'a',
    framesPerS: 25,
    wantedPerS: 2,
    inferredPerS: 2,
    vehicles: 2,
  });
  assert.is(device.tuning.points, 2);
  const before = device.kept.length;
  assert.is(before >= 1 && before <= 3, true, 'what was learnt is kept before other workers are tried');
  device.tuning.stop();
  assert.equal(device.kept.slice(before), ['controller']);
});

test('turned off it observes and decides nothing', async () => {
  const device = new Device({ tune: { enabled: false } });
  device.tuning.start();
  await device.pass(90);
  assert.equal([device.reads, device.asked], [0, []]);
  assert.is(device.tuning.observation?.cameras[0]?.framesPerS, 25);
  assert.equal(device.tuning.status().enabled, false);
});

test('turned off by a command it decides nothing more, and turned on it goes on', async () => {
  const device = new Device();
  device.tuning.start();
  await device.pass(40);
  const { apply } = device.tuning.settings.find(({ path }) => path === 'tune.enabled')!;
  apply!(false);
  await device.pass(120);
  assert.equal([device.asked, device.tuning.status().enabled], [[], false]);
  apply!(true);
  await device.pass(120);
  assert.is(device.asked[0], 'model');
});

test('where a camera gives frames as fast as they are answered, nothing is decided, and that is said', async () => {
  const device = new Device({ cameras: [{ id: 'a', url: '/film.mp4', pace: 'fast' }] });
  device.tuning.start();
  await device.pass(90);
  assert.equal(device.asked, []);
  assert.match(device.tuning.status().waitsFor!, /pace fast/);
});

test('models that cannot be read are told, and looked for again', async () => {
  const device = new Device();
  device.trouble = 'no such folder';
  device.tuning.start();
  await device.pass(60);
  assert.is(device.tuning.status().waitsFor, 'the operating points cannot be read: no such folder');
  assert.equal(device.asked, []);
  device.trouble = null;
  await device.pass(120);
  assert.is(device.tuning.status().waitsFor, null);
  assert.ok(device.asked.length > 0);
});

test('what a command has set stays as long as it holds, as if the configuration said so', async () => {
  const device = new Device();
  device.commanded = [
    { key: 'model.name', value: 'roadside-n' },
    { key: 'detector.workers', value: 2 },
    { key: 'output.logLevel', value: 'debug' },
  ];
  device.tuning.start();
  await device.pass(90);
  assert.equal(device.asked, []);
  assert.equal(device.tuning.status().pinned, ['model', 'workers']);
  device.commanded = [{ key: 'model.name', value: 'auto' }];
  await device.pass(90);
  assert.is(device.asked[0], 'model');
  assert.equal(device.tuning.status().pinned, []);
});

test('a model or variant that is named stays, and so does what the configuration pins', () => {
  assert.equal(new Device().tuning.status().pinned, []);
  assert.equal(new Device({ model: { name: 'roadside-n' } }).tuning.status().pinned, ['model']);
  assert.equal(new Device({ model: { variant: 'default' }, tune: { pinned: ['workers'] } }).tuning.status().pinned, [
    'workers',
    'variant',
    'inputSize',
  ]);
  assert.equal(new Device({ detector: { socket: '/run/detector.sock' } }).tuning.status().pinned, [
    'model',
    'variant',
    'inputSize',
    'workers',
    'intraOpThreads',
    'batchSize',
  ]);
});

test.run();
