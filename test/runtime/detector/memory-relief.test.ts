import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { needsModel } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { smallVariants } from '../small-variants.js';

const withModel = needsModel(test);
const folder = temporaryFolder('memory-relief');
const script = join(PROJECT_ROOT, 'test/fixtures/scripted_worker.mjs');
const models = smallVariants(join(folder, 'models'));

async function started(detector: object, results: FrameResult[] = [], answer: object = {}): Promise<Runtime> {
  const config = configSchema.parse({
    cameras: [{ id: 'cam', url: 'sim://road?traffic=rush&seed=2&width=320&height=180', pace: 'fast' }],
    model: { dir: models.dir, variant: 'large' },
    detector,
    answer,
    tune: { enabled: false },
    mqtt: { broker: 'off' },
    http: { enabled: false },
    store: { dir: join(folder, 'store') },
  });
  const runtime = new Runtime(config, silentLog, { onResult: (result) => results.push(result) });
  await runtime.start();
  return runtime;
}

const activeCodes = (runtime: Runtime): string[] => runtime.parts.alerts.active().map(({ code }) => code);
const scripted = (misbehaviour: string) => ({ command: [process.execPath, script, misbehaviour] });

test('where pictures of the variant find no memory, a smaller one answers, and that is told until somebody chooses', async () => {
  const runtime = await started(scripted('no-memory-for-wide'));
  const { models: inUse, knobs } = runtime.parts;
  await eventually('a smaller variant answers', () => inUse.current!.variant === 'small');
  await eventually('that is told', () => activeCodes(runtime).includes('detector-memory'));
  await eventually('the point is left alone', () => knobs.failures.all.length === 1);
  const [{ point, lackedMemory, reason }] = knobs.failures.all as [(typeof knobs.failures.all)[0]];
  assert.equal([point.variant, lackedMemory], ['large', true]);
  assert.match(reason, /Failed to allocate memory/);
  assert.ok(runtime.status().cameras[0]!.dropped['detector-memory']! >= 1);
  await inUse.change({ variant: 'small' });
  assert.is(activeCodes(runtime).includes('detector-memory'), false);
  await runtime.stop('stopped');
});

test('a start for which there is no memory comes up with what takes less', async () => {
  const runtime = await started(scripted('no-memory-to-load-wide'));
  assert.is(runtime.parts.models.current!.variant, 'small');
  await runtime.stop('stopped');
});

for (const [name, answer] of [
  ['scenes are known', {}],
  ['every frame is inferred', { accuracyFloor: 1 }],
] as const) {
  withModel(`where ${name}, a change without room for two ends one before the other, and says so`, async () => {
    const results: FrameResult[] = [];
    const runtime = await started({}, results, answer);
    const { models: inUse, metrics } = runtime.parts;
    await eventually('it answers', () => results.length > 3);
    const before = inUse.current!.workers;
    const states: string[] = [];
    const changing = inUse.changeAlone({ variant: 'small' });
    await eventually('the gap is told', () => activeCodes(runtime).includes('detector-gap'));
    await eventually('the one before has ended', () => before.states.every(({ kind }) => kind === 'closed'));
    states.push(...inUse.workers!.states.map(({ kind }) => kind));
    assert.is((await changing).variant, 'small');
    assert.is(activeCodes(runtime).includes('detector-gap'), false);
    await eventually('it answers', () => results.at(-1)!.variant === 'small');
    await runtime.stop('stopped');
    assert.equal(states, ['closed'], 'nothing served meanwhile');
    const seqs = results.map(({ seq }) => seq);
    assert.equal(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
    const variants = results.map(({ variant }) => variant);
    assert.is(variants.indexOf('small'), variants.lastIndexOf('large') + 1, 'no two are mixed');
    const values = metrics.snapshot();
    assert.is(values['detector_gaps'], 1);
    assert.ok(Number(values['detector_gap_length']) > 0);
    if (name === 'scenes are known') {
      assert.equal(
        seqs,
        seqs.map((_, i) => i),
        'every frame was answered, in the gap as well',
      );
    }
  });
}

withModel('where the next one fails without room for two, the one before comes back', async () => {
  const results: FrameResult[] = [];
  const runtime = await started({}, results);
  const { models: inUse } = runtime.parts;
  const error = await inUse.changeAlone({ variant: 'damaged' }).catch((thrown: Error) => thrown);
  assert.match(String(error), /sha256/);
  assert.equal([inUse.current!.variant, inUse.current!.generation], ['large', 2]);
  assert.is(activeCodes(runtime).includes('detector-gap'), false);
  const since = results.length;
  await eventually('it answers', () => results.slice(since).some(({ origin }) => origin === 'inferred'));
  assert.ok(results.every(({ variant }) => variant === 'large'));
  await runtime.stop('stopped');
});

test.run();
