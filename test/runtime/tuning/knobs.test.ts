import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { orderTerm } from '../../../src/runtime/commands/order-terms.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import type { KnobSettings } from '../../../src/tune/knobs.js';
import type { OperatingPoint } from '../../../src/tune/operating-point.js';
import { needsModel } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { smallVariants } from '../small-variants.js';

const withModel = needsModel(test);
const folder = temporaryFolder('knobs');
const models = smallVariants(join(folder, 'models'));

/** A test that fails leaves its store to itself. */
let stores = 0;

async function started(results: FrameResult[] = []): Promise<Runtime> {
  const config = configSchema.parse({
    cameras: [{ id: 'cam', url: 'sim://road?traffic=rush&seed=2&width=320&height=180', pace: 'fast' }],
    model: { dir: models.dir, variant: 'small' },
    tune: { enabled: false },
    schedule: { batchWindowMs: 0 },
    mqtt: { broker: 'off' },
    http: { enabled: false },
    store: { dir: join(folder, `store-${stores++}`) },
  });
  const runtime = new Runtime(config, silentLog, { onResult: (result) => results.push(result) });
  await runtime.start();
  return runtime;
}

const at = (settings: KnobSettings, point: Partial<OperatingPoint>): KnobSettings => ({
  ...settings,
  point: { ...settings.point, ...point },
});

/** Stops it, and says whether every frame was answered in order. */
async function stopWhole(runtime: Runtime, results: readonly FrameResult[]): Promise<void> {
  await runtime.stop('stopped');
  assert.ok(
    results.every(({ seq }, index) => seq === index),
    'every frame was answered, in order',
  );
  const { 'detector-closed': atStop = 0, ...others } = runtime.status().cameras[0]!.dropped;
  assert.ok(atStop <= 1, 'the one that waited for a worker when all stopped');
  assert.is(
    Object.values(others).reduce((a, b) => a + b, 0),
    0,
  );
}

withModel('knobs go to another operating point and back while frames are answered', async () => {
  const results: FrameResult[] = [];
  const runtime = await started(results);
  const { knobs } = runtime.parts;
  const before = knobs.current;
  assert.equal(before, {
    point: { model: 'roadside-n', variant: 'small', provider: 'cpu', workers: 1, intraOpThreads: 1, batchSize: 1 },
    batchWindowMs: 0,
    inferenceIntervalMs: 0,
    compressionQuality: 100,
  });
  const target = {
    ...at(before, { variant: 'large', workers: 2, intraOpThreads: 2, batchSize: 2 }),
    inferenceIntervalMs: 300,
    compressionQuality: 60,
  };
  assert.is(knobs.cost(target), 'swap');
  const undo = await knobs.apply(target);
  assert.equal(knobs.current, target);
  assert.is(runtime.status().workers.length, 2);
  await eventually('it answers', () => results.at(-1)?.variant === 'large');
  await undo();
  assert.equal(knobs.current, before);
  await eventually('the one before answers', () => results.at(-1)?.variant === 'small');
  await stopWhole(runtime, results);
});

withModel('cheap knobs move at once and load nothing; what somebody moved meanwhile is not put back', async () => {
  const runtime = await started();
  const { knobs, models } = runtime.parts;
  const before = knobs.current;
  const target = { ...before, inferenceIntervalMs: 400, compressionQuality: 70 };
  assert.is(knobs.cost(target), 'cheap');
  const undo = await knobs.apply(target);
  assert.is(models.current!.generation, 1);
  runtime.parts.cameras.inferenceIntervalMs = 900;
  await undo();
  assert.equal(knobs.current, { ...before, inferenceIntervalMs: 900 });
  assert.is(knobs.cost(knobs.current), 'none');
  await knobs.apply(knobs.current);
  assert.throws(() => knobs.apply({ ...before, batchWindowMs: -1 }), /batchWindowMs: expected a whole number from 0/);
  await runtime.stop('stopped');
});

withModel('a point that fails never answers, moves nothing, and is left alone until its file is another', async () => {
  const results: FrameResult[] = [];
  const runtime = await started(results);
  const { knobs } = runtime.parts;
  const before = knobs.current;
  const target = { ...at(before, { variant: 'damaged' }), inferenceIntervalMs: 500 };
  const why = async (): Promise<string> => String(await knobs.apply(target).catch((error: Error) => error.message));
  assert.match(await why(), /sha256/);
  assert.equal(knobs.current, before);
  assert.match(
    await why(),
    /damaged cpu 1 × 1 thread batch 1 failed 1 times in a row and is left alone for another \d+ s: .*sha256/,
  );
  assert.equal(
    knobs.failures.all.map(({ point, failures, lackedMemory }) => [point.variant, failures, lackedMemory]),
    [['damaged', 1, false]],
  );
  assert.equal(
    runtime.status().heldOff.map(({ point, failures }) => [point, failures]),
    [['roadside-n damaged cpu 1 × 1 thread batch 1', 1]],
  );
  const values = runtime.parts.metrics.snapshot();
  assert.equal(
    [values['point_changes.failed'], values['point_changes.held-off'], values['points_held_off']],
    [1, 1, 1],
  );
  // brought again, and whole this time
  models.mend();
  await knobs.apply(target);
  assert.is(knobs.current.point.variant, 'damaged');
  assert.is(knobs.failures.all.length, 0);
  await stopWhole(runtime, results);
});

withModel('a provider that is refused is no change, and one that nobody knows is named', async () => {
  const runtime = await started();
  const { knobs } = runtime.parts;
  const before = knobs.current;
  const why = async (provider: string): Promise<string> =>
    String(await knobs.apply(at(before, { provider })).catch((error: Error) => error.message));
  assert.match(await why('coreml'), /^coreml was refused, cpu used: .*has no coreml/);
  assert.match(await why('gpu'), /provider: expected one of tensorrt, cuda, .*, got gpu/);
  assert.equal(knobs.current, before);
  await runtime.stop('stopped');
});

withModel('a change that is given up ends what loads and moves nothing', async () => {
  const results: FrameResult[] = [];
  const runtime = await started(results);
  const { knobs } = runtime.parts;
  const before = knobs.current;
  const abort = new AbortController();
  const changing = knobs.apply(at(before, { variant: 'large' }), abort.signal).catch((error: Error) => error);
  await new Promise((resolve) => setTimeout(resolve, 50));
  abort.abort(new Error('no longer wanted'));
  assert.match(String(await changing), /no longer wanted/);
  assert.equal(knobs.current, before);
  assert.is(knobs.failures.all.length, 0);
  await stopWhole(runtime, results);
});

withModel('a command that sets workers or the interval moves the same knobs, and takes them back', async () => {
  const runtime = await started();
  const { knobs, orders } = runtime.parts;
  const before = knobs.current;
  const term = orderTerm(Date.now(), Date.now() + 60_000, 'key', { wall: Date.now(), steady: performance.now() });
  for (const [key, value] of [
    ['detector.workers', 2],
    ['answer.inferenceIntervalMs', 250],
  ] as const) {
    await orders.overrides.set(key, orders.overrides.check(key, value), term);
  }
  assert.equal(knobs.current, { ...at(before, { workers: 2 }), inferenceIntervalMs: 250 });
  assert.is(runtime.status().workers.length, 2);
  await orders.overrides.takeBack('detector.workers');
  await orders.overrides.takeBack('answer.inferenceIntervalMs');
  assert.equal(knobs.current, before);
  await runtime.stop('stopped');
});

test.run();
