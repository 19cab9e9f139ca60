import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type DetectorState,
  SupervisedDetector,
  type SupervisedDetectorOptions,
} from '../../../src/detect/host/supervised-detector.js';
import { ModelError } from '../../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { detectorContract } from '../detector-contract.js';
import { GREY, needsModel, roadsideRequest } from '../roadside-request.js';

const WORKER = join(PROJECT_ROOT, 'test', 'fixtures', 'scripted_worker.mjs');
const folder = temporaryFolder('supervised');
const withModel = needsModel(test);
const anyFile = roadsideRequest({ file: join(PROJECT_ROOT, 'package.json') });

function supervise(options: Partial<SupervisedDetectorOptions> = {}): SupervisedDetector {
  return new SupervisedDetector({
    deadlineMs: 10_000,
    loadDeadlineMs: 20_000,
    restartsPerMinute: 60,
    slowRetryMs: 50,
    ...options,
  });
}

function scripted(misbehaviour: string, options: Partial<SupervisedDetectorOptions> = {}): SupervisedDetector {
  const note = join(folder, `${misbehaviour}-${Math.random()}`);
  return supervise({ command: [process.execPath, WORKER, misbehaviour, note], ...options });
}

const isReady = (detector: SupervisedDetector) => () => detector.state.kind === 'ready';

function pidOf(detector: SupervisedDetector): number {
  const { state } = detector;
  if (state.kind !== 'ready' || state.pid === null) throw new Error(`no worker: ${state.kind}`);
  return state.pid;
}

detectorContract(test, 'supervised worker', () => scripted('good'), anyFile);

withModel('twenty kills lose no more than the frames in flight', async () => {
  const detector = supervise();
  await detector.load(roadsideRequest({ batchSizes: [1] }));
  let lost = 0;
  for (let kill = 1; kill <= 20; kill++) {
    const inFlight = [detector.detect([GREY]), detector.detect([GREY])];
    const pid = pidOf(detector);
    process.kill(pid, 'SIGKILL');
    lost += (await Promise.allSettled(inFlight)).filter((outcome) => outcome.status === 'rejected').length;
    await eventually('another worker serves', () => detector.state.kind === 'ready' && pidOf(detector) !== pid);
    assert.is((await detector.detect([GREY])).detections.length, 1);
  }
  assert.is(detector.counters.ends.crashed, 20);
  assert.ok(lost <= 40, `${lost} frames lost`);
  assert.is(detector.counters.lost.crashed, lost);
  assert.is(detector.counters.lost.unavailable, 0);
  await detector.close();
});

withModel('a worker that is stopped in mid-air is stuck and is replaced', async () => {
  const detector = supervise({ deadlineMs: 300 });
  await detector.load(roadsideRequest({ batchSizes: [1] }));
  const pid = pidOf(detector);
  process.kill(pid, 'SIGSTOP');
  await detector.detect([GREY]).catch(() => undefined);
  await eventually('another worker serves', () => detector.state.kind === 'ready' && pidOf(detector) !== pid);
  assert.is(detector.counters.ends.stuck, 1);
  assert.is(detector.counters.lost.stuck, 1);
  await detector.close();
});

test('while there is no worker a frame is lost at once and counted as unavailable', async () => {
  const detector = scripted('good');
  await detector.load(anyFile);
  process.kill(pidOf(detector), 'SIGKILL');
  await eventually('the end is noticed', () => detector.state.kind === 'restarting');
  const error = await detector.detect([GREY, GREY]).catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /no detector worker: restarting, .*SIGKILL/);
  assert.is(detector.counters.lost.unavailable, 2);
  await eventually('another worker serves', isReady(detector));
  await detector.close();
});

test('a restart storm ends in unhealthy, with slow retries that go on', async () => {
  const states: DetectorState[] = [];
  const detector = scripted('dies-on-detect', { restartsPerMinute: 3, onState: (state) => states.push(state) });
  await detector.load(anyFile);
  for (let i = 0; i < 4; i++) {
    await eventually('a worker serves', isReady(detector));
    await detector.detect([GREY]).catch(() => undefined);
    await eventually('the end is noticed', () => detector.counters.ends.crashed === i + 1);
  }
  assert.is(detector.healthy, false);
  await eventually('a slow retry serves again', isReady(detector));
  assert.is(detector.healthy, true);
  const kinds = states.map((state) => state.kind).join(' ');
  assert.is(kinds, 'starting ready restarting ready restarting ready restarting ready unhealthy ready');
  await detector.close();
});

test('a crash while loading is tried again', async () => {
  const detector = scripted('dies-on-first-load');
  const info = await detector.load(anyFile);
  assert.is(info.runtime, 'scripted');
  assert.is(detector.counters.ends.crashed, 1);
  await detector.close();
});

test('a worker that crashes at every load fails the load once the limit is reached', async () => {
  const detector = scripted('dies-on-load', { restartsPerMinute: 2 });
  const error = await detector.load(anyFile).catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /exit code 9/);
  assert.is(detector.counters.ends.crashed, 3);
  assert.is(detector.state.kind, 'idle');
  await detector.close();
});

for (const [misbehaviour, lost, ends] of [
  ['no-memory-on-detect', 1, 0],
  ['bad-alloc-on-detect', 1, 1],
] as const) {
  test(`where memory lacks (${misbehaviour}) that is told once, and counted as what it is`, async () => {
    const told: string[] = [];
    const detector = scripted(misbehaviour, { onOutOfMemory: (reason) => told.push(reason) });
    await detector.load(anyFile);
    await detector.detect([GREY]).catch(() => undefined);
    await eventually('it is told', () => told.length > 0);
    assert.is(told.length, 1);
    assert.equal([detector.counters.lost.memory, detector.counters.ends.memory], [lost, ends]);
    await detector.close();
  });
}

test('a model that cannot be loaded is not tried again', async () => {
  const detector = scripted('good');
  const error = await detector.load({ ...anyFile, file: '/no/such.onnx' }).catch((thrown: unknown) => thrown);
  assert.instance(error, ModelError);
  assert.equal(detector.counters.ends, { crashed: 0, stuck: 0, protocol: 0, memory: 0 });
  assert.is((await detector.load(anyFile)).runtime, 'scripted');
  await detector.close();
});

withModel('another model is loaded in a new worker while the old one serves', async () => {
  const detector = supervise();
  await detector.load(roadsideRequest());
  const before = pidOf(detector);
  const swapping = detector.swap(roadsideRequest({ variant: 'other' }));
  let served = 0;
  const serving = (async () => {
    for (let done = false; !done; served++) {
      await detector.detect([GREY]);
      done = detector.state.kind === 'ready' && detector.state.info.variant === 'other';
    }
  })();
  assert.is((await swapping).variant, 'other');
  await serving;
  assert.ok(served > 1);
  assert.is.not(pidOf(detector), before);
  assert.equal(Object.values(detector.counters.lost), [0, 0, 0, 0, 0, 0, 0]);
  await eventually('the old worker is gone', () => {
    try {
      return !process.kill(before, 0);
    } catch {
      return true;
    }
  });
  assert.equal(detector.counters.ends, { crashed: 0, stuck: 0, protocol: 0, memory: 0 });
  await detector.close();
});

test('a swap that fails leaves the old model serving', async () => {
  const detector = scripted('good');
  await detector.load(anyFile);
  const pid = pidOf(detector);
  const error = await detector.swap({ ...anyFile, file: '/no/such.onnx' }).catch((thrown: unknown) => thrown);
  assert.instance(error, ModelError);
  assert.is(pidOf(detector), pid);
  assert.is((await detector.detect([GREY])).detections.length, 1);
  await detector.close();
});

test('closing during the load ends the worker', async () => {
  const detector = scripted('silent');
  const loading = detector.load(anyFile).catch((thrown: Error) => thrown);
  await detector.close();
  assert.instance(await loading, Error);
  assert.is(detector.state.kind, 'closed');
});

test('closing while unhealthy ends the waiting', async () => {
  const detector = scripted('dies-on-detect', { restartsPerMinute: 1, slowRetryMs: 3_600_000 });
  await detector.load(anyFile);
  for (let i = 0; i < 2; i++) {
    await eventually('a worker serves', isReady(detector));
    await detector.detect([GREY]).catch(() => undefined);
    await eventually('the end is noticed', () => detector.counters.ends.crashed === i + 1);
  }
  assert.is(detector.state.kind, 'unhealthy');
  await detector.close();
});

test.run();
