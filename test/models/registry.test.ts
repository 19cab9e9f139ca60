import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema, type ModelConfig } from '../../src/config/config.js';
import { ConfigError, ModelError } from '../../src/foundation/errors.js';
import type { Host } from '../../src/models/default-variant.js';
import { buildLoadRequest, withHiddenClass, withWeakBoxes } from '../../src/models/load-request.js';
import type { ManifestSource } from '../../src/models/manifest.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { temporaryFolder } from '../temporary.js';

const CONTENT = Buffer.from('weights');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

function variant(change: object = {}) {
  return {
    id: 'fp32-416x256',
    precision: 'fp32' as const,
    width: 416,
    height: 256,
    file: 'm.onnx',
    sha256: SHA256,
    bytes: CONTENT.length,
    accuracy: null,
    madeBy: 'a test',
    ...change,
  };
}

function manifest(name: string, change: object = {}): ManifestSource {
  return {
    name,
    description: 'For tests.',
    family: 'roadside',
    licence: 'Apache-2.0',
    origin: 'a test',
    classes: ['car', 'truck', 'person'],
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', width: 'dynamic', height: 'dynamic', multipleOf: 32 },
    variants: [variant(), variant({ id: 'fp32-640x384', width: 640, height: 384 })],
    ...change,
  };
}

const folder = temporaryFolder('registry');
let count = 0;

/** A registry of the given manifests, each with its file beside it. */
async function registryOf(manifests: Readonly<Record<string, object | string>>): Promise<ModelRegistry> {
  const dir = join(folder, `r${count++}`);
  mkdirSync(dir);
  for (const [name, value] of Object.entries(manifests)) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'model.json'), typeof value === 'string' ? value : JSON.stringify(value));
    writeFileSync(join(dir, name, 'm.onnx'), CONTENT);
  }
  return ModelRegistry.open(dir);
}

async function problemOf(value: object | string): Promise<string> {
  const [listing] = (await registryOf({ a: value })).list();
  return listing!.problem ?? 'none';
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );
}

function modelConfig(change: Partial<ModelConfig> = {}): ModelConfig {
  return { ...configSchema.parse({}).model, ...change };
}

test('the default variant is the first of the manifest', async () => {
  const entry = await (await registryOf({ a: manifest('a') })).find('a');
  assert.is(entry.variant.id, 'fp32-416x256');
  assert.match(entry.file, /\/a\/m\.onnx$/);
  assert.equal(entry.manifest.input.std, [1, 1, 1]);
});

test('the default variant is one that suits the host', async () => {
  const forCpu = variant({ id: 'int8-416x256', precision: 'int8', providers: ['cpu'], needs: 'int8-dot-product' });
  const registry = await registryOf({
    a: manifest('a', { variants: [forCpu, variant()] }),
    b: manifest('b', { variants: [forCpu] }),
  });
  const chosen = async (name: string, host: Host) => (await registry.find(name, 'default', host)).variant.id;
  assert.is(await chosen('a', { provider: 'cpu', cpuFlags: 'avx2 avx512_vnni' }), 'int8-416x256');
  assert.is(await chosen('a', { provider: 'cpu', cpuFlags: 'avx avx2' }), 'fp32-416x256');
  assert.is(await chosen('a', { provider: 'cpu', cpuFlags: 'asimd asimddp' }), 'int8-416x256');
  assert.is(await chosen('a', { provider: 'cuda', cpuFlags: 'avx512_vnni' }), 'fp32-416x256');
  assert.is(await chosen('b', { provider: 'cuda', cpuFlags: '' }), 'int8-416x256');
});

test('a variant is found by its id', async () => {
  const entry = await (await registryOf({ a: manifest('a') })).find('a', 'fp32-640x384');
  assert.is(entry.variant.width, 640);
});

test('a broken manifest is listed with its problem and hides no other', async () => {
  const registry = await registryOf({ a: '{"name": ', b: manifest('b') });
  const [a, b] = registry.list();
  assert.match(a!.problem!, /a\/model\.json is not JSON/);
  assert.is(b!.problem, null);
  assert.match((await rejection(registry.find('a'))).message, /is not JSON/);
  assert.is((await registry.find('b')).variant.id, 'fp32-416x256');
});

test('folders without a manifest, loose files and dot folders are no models', async () => {
  const registry = await registryOf({ a: manifest('a'), '.adding-x': manifest('x') });
  mkdirSync(join(registry.dir, 'empty'));
  writeFileSync(join(registry.dir, 'card.md'), 'text');
  const again = await ModelRegistry.open(registry.dir);
  assert.equal(
    again.list().map(({ name }) => name),
    ['a'],
  );
});

test('every problem of a manifest is told at once, misspelled keys with what was meant', async () => {
  const { licence: _, ...rest } = manifest('a', { classes: ['car', 'car'], license: 'MIT' }) as ManifestSource;
  const problem = await problemOf(rest);
  assert.match(problem, /licence: /);
  assert.match(problem, /unknown key "license" \(did you mean "licence"\?\)/);
  assert.match(
    await problemOf(manifest('a', { classes: ['car', 'car'], report: ['lorry'] })),
    /classes\.1: expected each class once/,
  );
  assert.match(
    await problemOf(manifest('a', { report: ['lorry'] })),
    /report\.0: expected one of classes, got "lorry"/,
  );
});

test('a variant must have a size that the input allows', async () => {
  assert.match(
    await problemOf(manifest('a', { variants: [variant({ width: 400 })] })),
    /variants\.0\.width: expected a multiple of 32, got 400/,
  );
  const fixed = { ...manifest('a').input, width: 640, height: 384 };
  assert.match(
    await problemOf(manifest('a', { input: fixed, variants: [variant({ width: 640, height: 256 })] })),
    /variants\.0\.height: expected input\.height \(384\), got 256/,
  );
});

test('a file outside the folder is refused, by path and through a link', async () => {
  for (const file of ['../b/m.onnx', '/etc/passwd', 'x/../../m.onnx']) {
    assert.match(
      await problemOf(manifest('a', { variants: [variant({ file })] })),
      /expected a file inside the model's folder/,
    );
  }
  const registry = await registryOf({
    a: manifest('a', { variants: [variant({ file: 'link.onnx' })] }),
    b: manifest('b'),
  });
  symlinkSync(join(registry.dir, 'b', 'm.onnx'), join(registry.dir, 'a', 'link.onnx'));
  const error = await rejection(registry.find('a'));
  assert.instance(error, ModelError);
  assert.match(error.message, /link\.onnx leads out of the model's folder/);
});

test('a manifest must carry the name of its folder', async () => {
  assert.match(await problemOf(manifest('b')), /says name "b"; expected "a"/);
});

test('unknown models and variants are named with what was meant', async () => {
  const registry = await registryOf({ 'roadside-n': manifest('roadside-n') });
  assert.match(
    (await rejection(registry.find('roadsied-n'))).message,
    /no model roadsied-n in .*; did you mean roadside-n\?/,
  );
  assert.match((await rejection(registry.find('roadside-n', 'fp32-640x348'))).message, /did you mean fp32-640x384\?/);
});

test('a missing file is said when it is wanted', async () => {
  const registry = await registryOf({ a: manifest('a', { variants: [variant({ file: 'gone.onnx' })] }) });
  assert.match((await rejection(registry.find('a'))).message, /model a, variant fp32-416x256: .*gone\.onnx is missing/);
});

test('a models folder that is not there is an error that names the setting', async () => {
  assert.match(
    (await rejection(ModelRegistry.open(join(folder, 'nowhere')))).message,
    /cannot read the models folder .*nowhere: it is not there; set model\.dir/,
  );
});

test('verify tells right files from wrong ones', async () => {
  const registry = await registryOf({
    a: manifest('a'),
    b: manifest('b', { variants: [variant({ sha256: 'f'.repeat(64) })] }),
    c: manifest('c', { variants: [variant({ bytes: 99 })] }),
    d: '[]',
  });
  const results = await registry.verify();
  assert.equal(
    results.map(({ model, problem }) => [model, problem === null]),
    [
      ['a', true],
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
    ],
  );
  assert.ok(results[2]!.problem!.startsWith(`m.onnx has sha256 ${SHA256}, expected ${'f'.repeat(64)}`));
  assert.match(
    results[3]!.problem!,
    /^m.onnx has 7 bytes, expected 99: it is a text of 7 bytes \(".*"\); take the .onnx/,
  );
  assert.is((await registry.verify('a')).length, 2);
});

test('a load request carries the model from its manifest and the thresholds from the configuration', async () => {
  const entry = await (await registryOf({ a: manifest('a') })).find('a');
  const { detector } = configSchema.parse({ detector: { intraOpThreads: 3 } });
  const request = buildLoadRequest(entry, modelConfig({ classThresholds: { truck: 0.5 } }), detector);
  assert.equal(request.scoreThresholds, [0.35, 0.5, 0.35]);
  assert.is(request.sha256, SHA256);
  assert.is(request.file, entry.file);
  assert.is(request.session.intraOpThreads, 3);
  assert.is(request.session.binding, null);
  assert.equal(
    [request.input.width, request.input.height, request.iouThreshold, request.maxDetections],
    [416, 256, 0.6, 200],
  );
});

test('classes that are not to be reported get a threshold that no score reaches', async () => {
  const { detector } = configSchema.parse({});
  const registry = await registryOf({ a: manifest('a'), b: manifest('b', { report: ['car', 'truck'] }) });
  const a = await registry.find('a');
  const b = await registry.find('b');
  assert.equal(buildLoadRequest(a, modelConfig({ classes: ['car'] }), detector).scoreThresholds, [0.35, 2, 2]);
  assert.equal(buildLoadRequest(b, modelConfig(), detector).scoreThresholds, [0.35, 0.35, 2]);
  assert.equal(buildLoadRequest(b, modelConfig({ classes: ['person'] }), detector).scoreThresholds, [2, 2, 0.35]);
});

test('weak boxes lower the thresholds of the reported classes only', async () => {
  const { detector } = configSchema.parse({});
  const registry = await registryOf({ a: manifest('a', { report: ['car', 'truck'] }) });
  const request = buildLoadRequest(
    await registry.find('a'),
    modelConfig({ classThresholds: { truck: 0.05 } }),
    detector,
  );
  assert.equal(withWeakBoxes(request, 0.1).scoreThresholds, [0.1, 0.05, 2]);
});

test('a class that is not reported can be asked for besides, by another word for it too; one that is reported stays as it is where that is lower', async () => {
  const entry = await (await registryOf({ a: manifest('a') })).find('a');
  const request = buildLoadRequest(entry, modelConfig({}), configSchema.parse({}).detector);
  const asked = { ...request, classes: ['car', 'bus', 'Pedestrian'], scoreThresholds: [0.35, 0.05, 2] };
  assert.equal(withHiddenClass(asked, 'person', 0.2).scoreThresholds, [0.35, 0.05, 0.2]);
  assert.equal(withHiddenClass(asked, 'bus', 0.2).scoreThresholds, [0.35, 0.05, 2]);
  assert.is(withHiddenClass(asked, 'plate', 0.2), asked);
});

test('class names that the model does not have are configuration errors, all at once', async () => {
  const entry = await (await registryOf({ a: manifest('a') })).find('a');
  const { detector } = configSchema.parse({});
  const config = modelConfig({ classes: ['cars'], classThresholds: { lorry: 0.2 } });
  try {
    buildLoadRequest(entry, config, detector);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.equal((error as ConfigError).problems, [
      'model.classes.0: expected a class of a (car, truck, person), got "cars"; did you mean "car"?',
      'model.classThresholds.lorry: expected a class of a (car, truck, person), got "lorry"',
    ]);
  }
});

test.run();
