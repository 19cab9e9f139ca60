import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { TrialStore } from '../../../src/store/trials.js';
import { needsModel } from '../../detect/roadside-request.js';
import { temporaryFolder } from '../../temporary.js';

const withModel = needsModel(test);
const folder = temporaryFolder('first-model');
const shipped = join(PROJECT_ROOT, 'models', 'roadside-n');
const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');

/** A folder of models, each roadside-n at a size that is loaded fast; the file of those named is cut off. */
function modelsFolder(name: string, models: readonly string[], damaged: readonly string[]): string {
  const dir = join(folder, name, 'models');
  for (const [at, model] of models.entries()) {
    mkdirSync(join(dir, model), { recursive: true });
    const file = join(dir, model, fp32.file);
    copyFileSync(join(shipped, fp32.file), file);
    if (damaged.includes(model)) writeFileSync(file, readFileSync(file).subarray(0, 1000));
    const variant = { ...fp32, id: 'small', width: 96 + 32 * at, height: 96 };
    writeFileSync(join(dir, model, 'model.json'), JSON.stringify({ ...manifest, name: model, variants: [variant] }));
  }
  return dir;
}

const runtimeOf = (name: string, model: object): Runtime =>
  new Runtime(
    configSchema.parse({
      cameras: [{ id: 'gate', url: 'sim://road?traffic=empty&seed=1', maxFps: 2 }],
      model,
      mqtt: { broker: 'off' },
      http: { enabled: false },
      store: { dir: join(folder, name, 'store') },
    }),
    silentLog,
  );

const replaced = (runtime: Runtime): string[] =>
  runtime.parts.alerts.active().flatMap(({ code, message }) => (code === 'model-replaced' ? [message] : []));

/** Writes down that the tuning had kept a model before the start. */
function keep(name: string, model: string): void {
  const dir = join(folder, name, 'store');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'history.db');
  const history = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const store = new TrialStore(history);
  history.start();
  const point = { model, variant: 'small', provider: 'cpu', workers: 1, intraOpThreads: 1, batchSize: 1 };
  store.keep('knobs', { knobs: { point, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 80 } });
  history.stop();
}

withModel(
  'where what the tuning had kept is damaged, another model answers, which is told until one is chosen',
  async () => {
    const dir = modelsFolder('kept', ['best', 'plain'], ['best']);
    keep('kept', 'best');
    const runtime = runtimeOf('kept', { dir });
    await runtime.start();
    assert.is(runtime.parts.models.current?.model, 'plain');
    const [message] = replaced(runtime);
    assert.match(message!, /^best small cannot be loaded \(.*sha256.*\): plain small answers instead$/);
    await runtime.changeModel({ workers: 1, intraOpThreads: 2 });
    assert.equal(replaced(runtime), []);
    await runtime.stop('stopped');
  },
);

withModel('what the tuning had kept answers first where it is whole', async () => {
  const dir = modelsFolder('whole', ['best', 'plain'], []);
  keep('whole', 'plain');
  const runtime = runtimeOf('whole', { dir });
  await runtime.start();
  assert.is(runtime.parts.models.current?.model, 'plain');
  assert.equal(replaced(runtime), []);
  await runtime.stop('stopped');
});

withModel('a model that is named and cannot be loaded is not replaced: the start says why', async () => {
  const dir = modelsFolder('named', ['best', 'plain'], ['best']);
  const runtime = runtimeOf('named', { dir, name: 'best' });
  try {
    await runtime.start();
    assert.unreachable('it started');
  } catch (error) {
    assert.match((error as Error).message, /best.*has sha256 .*, expected/);
  } finally {
    await runtime.stop('stopped');
  }
});

withModel('where no model can be loaded, the start says why of the first', async () => {
  const dir = modelsFolder('none', ['best', 'plain'], ['best', 'plain']);
  const runtime = runtimeOf('none', { dir });
  try {
    await runtime.start();
    assert.unreachable('it started');
  } catch (error) {
    assert.match((error as Error).message, /best.*has sha256 .*, expected/);
  } finally {
    await runtime.stop('stopped');
  }
});

test.run();
