import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram, LATENCY_BUCKETS } from '../../src/telemetry/metrics/histogram.js';
import type { KnobSettings } from '../../src/tune/knobs.js';
import { type CameraCounts, Observer, type TuneCounts, type TuneState } from '../../src/tune/observer.js';

const knobs: KnobSettings = {
  point: {
    model: 'roadside-n',
    variant: 'int8',
    provider: 'cpu',
    workers: 1,
    intraOpThreads: 1,
    batchSize: 1,
  },
  batchWindowMs: 0,
  inferenceIntervalMs: 0,
  compressionQuality: 80,
};
const state: TuneState = {
  keptF1: 0.98,
  temperature: 61.5,
  throttleAt: null,
  throttledBy: [],
  watts: null,
  cpuBusy: 0.4,
  cpuBusyElsewhere: 0.1,
  memoryBytes: 2e8,
  memoryFreeBytes: 1e9,
  uplinkBytesPerDay: null,
};

const latencies = new Histogram();

function counts(camera: Partial<CameraCounts>, others: Partial<TuneCounts> = {}): TuneCounts {
  const responses = new Float64Array(LATENCY_BUCKETS);
  latencies.addTo(responses, false);
  return {
    cameras: [{ camera: 'north', captured: 0, inferred: 0, wanted: 0, vehicles: null, ...camera }],
    responses,
    outrun: 0,
    failed: 0,
    served: 0,
    servedMs: 0,
    ...others,
  };
}

test('an observation is of the time since the one before: rates, the mean of the workers, and who was late', () => {
  const observer = new Observer(300);
  const at = (now: number, of: TuneCounts) => observer.observe({ now, unixNow: now, knobs, counts: of, state });
  assert.is(at(1000, counts({ captured: 100, inferred: 10, wanted: 10, vehicles: 2 })), null);

  for (let i = 0; i < 90; i++) latencies.observe(20);
  for (let i = 0; i < 10; i++) latencies.observe(700);
  const observed = at(
    6000,
    counts(
      { captured: 225, inferred: 30, wanted: 60, vehicles: 4 },
      { outrun: 20, failed: 5, served: 20, servedMs: 240 },
    ),
  )!;
  assert.equal(observed.cameras, [{ camera: 'north', framesPerS: 25, wantedPerS: 10, inferredPerS: 4, vehicles: 2.4 }]);
  assert.is(observed.serviceMs, 12);
  // 10 answered late and 20 dropped, of 100 answered, 20 dropped and 5 lost
  assert.is(observed.lateShare, 30 / 125);
  assert.is(observed.errorShare, 5 / 125);
  assert.ok(observed.p95LatencyMs! > 660 && observed.p95LatencyMs! < 740, `${observed.p95LatencyMs}`);
  assert.is(observed.temperature, 61.5);
});

test('where nothing happened there is no latency and no service time, and nobody was late', () => {
  const observer = new Observer(300);
  const of = counts({});
  observer.observe({ now: 0, unixNow: 0, knobs, counts: of, state });
  const observed = observer.observe({ now: 5000, unixNow: 5000, knobs, counts: of, state })!;
  assert.equal(
    [observed.serviceMs, observed.p95LatencyMs, observed.lateShare, observed.errorShare],
    [null, null, 0, 0],
  );
  assert.is(observed.cameras[0]!.vehicles, null);
});

test('a camera that came, a count that began anew and a clock that stood still are no rates', () => {
  const observer = new Observer(300);
  const at = (now: number, of: TuneCounts) => observer.observe({ now, unixNow: now, knobs, counts: of, state });
  at(0, { ...counts({}), cameras: [] });
  assert.equal(at(1000, counts({ captured: 500 }))!.cameras[0]!.framesPerS, 0);
  assert.equal(at(2000, counts({ captured: 25 }))!.cameras[0]!.framesPerS, 25);
  assert.is(at(2000, counts({ captured: 50 })), null);
});

test.run();
