import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DetectReply, LoadRequest, ModelInfo } from '../../src/detect/detector.js';
import { DetectorError, ModelError } from '../../src/foundation/errors.js';
import { BruteForce } from '../../src/profile/brute-force.js';
import { type Configuration, nameOf } from '../../src/profile/configuration.js';
import { type ProfilingOptions, type ProfilingProgress, runProfile } from '../../src/profile/profiling.js';
import { type ProfiledDetector, ProfileTrial } from '../../src/profile/trial.js';
import type { Measurement } from '../../src/store/measurement.js';
import { roadsideRequest } from '../detect/roadside-request.js';

/** A device whose time passes only while it detects. */
class Device {
  now = 0;
  /** Everything takes this many times as long. */
  slowness = 1;
  readonly batches: string[] = [];
  openWorkers = 0;

  trial(configuration: Configuration, behaviour: { refuses?: string; dies?: string } = {}): ProfileTrial {
    const request: LoadRequest = { ...roadsideRequest(), batchSizes: [configuration.batch] };
    const pictures = [new Uint8Array(request.input.width * request.input.height * 3)];
    const createDetector = () => this.#detector(configuration, request, behaviour);
    return new ProfileTrial({
      request,
      pictures,
      createDetector,
      rails: null,
      root: '/no/such/root',
      now: () => this.now,
      workers: configuration.workers,
    });
  }

  #detector(
    configuration: Configuration,
    request: LoadRequest,
    behaviour: { refuses?: string; dies?: string },
  ): ProfiledDetector {
    const { variant, batch } = configuration;
    this.openWorkers++;
    return {
      pid: null,
      rssBytes: 50_000_000,
      load: async () => {
        if (behaviour.refuses === variant) throw new ModelError('this file is no model');
        return {
          ...({} as ModelInfo),
          provider: request.session.providers[0]!.name,
          loadMs: 30,
          warmupMs: 10,
          refused: [],
        };
      },
      detect: async () => {
        this.batches.push(variant);
        if (behaviour.dies === variant && this.batches.length > 20) throw new DetectorError('it died');
        this.now += (variant === 'fast' ? 5 : 20) * batch * this.slowness;
        return {
          detections: [],
          peakScores: [],
          timings: { fillMs: 0, inferMs: 0, decodeMs: 0 },
        } satisfies DetectReply;
      },
      close: async () => void this.openWorkers--,
    };
  }
}

const one = (variant: string, batch = 1): Configuration => ({
  variant,
  provider: 'cpu',
  threads: 1,
  batch,
  workers: 1,
});

function profile(device: Device, space: readonly Configuration[], changes: Partial<ProfilingOptions> = {}) {
  const kept: Measurement[] = [];
  const result = runProfile({
    plan: new BruteForce(space, 2),
    model: 'test',
    sha256Of: () => 'ab',
    createTrial: (configuration) => device.trial(configuration),
    known: [],
    rounds: 3,
    windowMs: 200,
    budgetMs: null,
    signal: new AbortController().signal,
    keep: (measurements) => kept.push(...measurements),
    root: '/no/such/root',
    now: () => device.now,
    clock: () => 1_700_000_000_000,
    ...changes,
  });
  return { kept, result };
}

test('every configuration gets its latency, throughput and memory, and the workers are closed', async () => {
  const device = new Device();
  const { kept, result } = profile(device, [one('fast'), one('slow')]);
  assert.is((await result).ended, 'done');
  const { measuredAt, rounds, p50Ms, rssBytes, loadMs, failure, drift } = kept[0]!;
  assert.equal(
    { measuredAt, rounds, p50Ms, rssBytes, loadMs, failure, drift },
    { measuredAt: 1_700_000_000_000, rounds: 3, p50Ms: 5, rssBytes: 50_000_000, loadMs: 40, failure: null, drift: 1 },
  );
  assert.is(kept[1]!.p50Ms, 20);
  assert.is(Math.round(kept[1]!.imagesPerSecond!), 50);
  assert.is(kept[0]!.temperatureBefore, null);
  assert.is(device.openWorkers, 0);
});

test('rounds are interleaved and begin with another configuration each time', async () => {
  const device = new Device();
  await profile(device, [one('fast'), one('slow')]).result;
  const turns = device.batches.filter((variant, i) => variant !== device.batches[i - 1]);
  // the warm-up of both, then three rounds
  assert.equal(turns, ['fast', 'slow', 'fast', 'slow', 'fast', 'slow']);
});

test('a device that becomes slower is noticed by the configuration that is measured again', async () => {
  const device = new Device();
  const space = [one('fast'), one('slow'), one('fast', 2), one('slow', 2)];
  const { kept, result } = profile(device, space, {
    keep: (measurements) => {
      kept.push(...measurements);
      device.slowness = 2;
    },
  });
  await result;
  assert.equal(
    kept.map(({ drift }) => drift.toFixed(2)),
    ['1.00', '1.00', '0.50', '0.50'],
  );
});

test('what is known already is not measured again', async () => {
  const device = new Device();
  const space = [one('fast'), one('slow')];
  const first = await profile(device, space).result;
  const known = first.measurements.slice(0, 1);
  const { kept, result } = profile(device, space, { known });
  assert.equal((await result).measurements.map(nameOf), [
    'fast cpu 1 thread batch 1 × 1',
    'slow cpu 1 thread batch 1 × 1',
  ]);
  assert.equal(kept.map(nameOf), ['slow cpu 1 thread batch 1 × 1']);
});

test('an interruption keeps what was measured', async () => {
  const device = new Device();
  const ending = new AbortController();
  const space = [one('fast'), one('slow'), one('fast', 2), one('slow', 2)];
  const { kept, result } = profile(device, space, {
    signal: ending.signal,
    keep: (measurements) => {
      kept.push(...measurements);
      ending.abort();
    },
  });
  const { ended, measured } = await result;
  assert.equal({ ended, measured }, { ended: 'interrupted', measured: 2 });
  assert.equal(kept.map(nameOf), ['fast cpu 1 thread batch 1 × 1', 'slow cpu 1 thread batch 1 × 1']);
  assert.is(device.openWorkers, 0);
});

test('the end of the budget in the middle of a group keeps the rounds that were done', async () => {
  const device = new Device();
  const { kept, result } = profile(device, [one('fast'), one('slow')], { budgetMs: 600 });
  assert.is((await result).ended, 'budget');
  assert.equal(
    kept.map(({ rounds }) => rounds),
    [1, 2],
  );
});

test('a model that is refused is named with its reason and not tried with larger batches', async () => {
  const device = new Device();
  const createTrial = (configuration: Configuration) => device.trial(configuration, { refuses: 'slow' });
  const { kept, result } = profile(device, [one('slow'), one('fast'), one('slow', 2)], { createTrial });
  assert.is((await result).ended, 'done');
  assert.equal(
    kept.map(({ variant, batch, failure }) => [variant, batch, failure]),
    [
      ['slow', 1, 'this file is no model'],
      ['fast', 1, null],
    ],
  );
  assert.is(device.openWorkers, 0);
});

test('a worker that dies while it is measured fails alone', async () => {
  const device = new Device();
  const createTrial = (configuration: Configuration) => device.trial(configuration, { dies: 'slow' });
  const { kept, result } = profile(device, [one('fast'), one('slow')], { createTrial });
  await result;
  assert.equal(
    kept.map(({ variant, failure, p50Ms }) => [variant, failure, p50Ms]),
    [
      ['fast', null, 5],
      ['slow', 'it died', null],
    ],
  );
});

test('progress ends near its goal, with the time left', async () => {
  const told: ProfilingProgress[] = [];
  await profile(new Device(), [one('fast'), one('slow')], { onProgress: (progress) => told.push(progress) }).result;
  assert.is(told[0]!.most, 6);
  assert.is(told.at(-1)!.done, 5);
  assert.ok(told.at(-1)!.leftMs > 0 && told.at(-1)!.leftMs < told[0]!.leftMs);
  assert.is(told.at(-1)!.current, 'slow cpu 1 thread batch 1 × 1');
});

test.run();
