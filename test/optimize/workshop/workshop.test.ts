import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FAMILIES, type Family } from '../../../src/detect/detector.js';
import { sha256OfFile } from '../../../src/foundation/sha256.js';
import { formatManifest } from '../../../src/models/format-manifest.js';
import { ModelRegistry } from '../../../src/models/registry.js';
import { makeNode } from '../../../src/onnx/graph.js';
import { copyModel, type Model } from '../../../src/onnx/model.js';
import { writeModel } from '../../../src/onnx/model-file.js';
import { float32Tensor, floatsOf } from '../../../src/onnx/tensor.js';
import { PASSES } from '../../../src/optimize/passes.js';
import type { WorkshopReport } from '../../../src/optimize/workshop/outcome.js';
import { makeVariants, type OptimizeOptions } from '../../../src/optimize/workshop/workshop.js';
import type { FrameSet } from '../../../src/pictures/frame-set.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';
import { needsModel, ROADSIDE_FILE } from '../../detect/roadside-request.js';
import { constantModel } from '../../fixtures/onnx-builder.js';
import { temporaryFolder } from '../../temporary.js';
import { familyModel, SMALL } from '../family-models.js';

const folder = temporaryFolder('workshop');
let count = 0;

interface Sized {
  readonly width: number;
  readonly height: number;
}

/** A registry with one model of one fp32 variant. */
async function registryOf(family: Family, file: string, classes: readonly string[], size: Sized, dynamic: boolean) {
  const modelsDir = join(folder, `r${count++}`);
  const model = join(modelsDir, 'm');
  mkdirSync(model, { recursive: true });
  copyFileSync(file, join(model, 'm.onnx'));
  const side = (value: number) => (dynamic ? 'dynamic' : value);
  const manifest = {
    name: 'm',
    description: 'For tests.',
    family,
    licence: 'MIT',
    origin: 'a test',
    classes,
    input: {
      layout: 'nchw',
      type: 'float32',
      colour: 'rgb',
      width: side(size.width),
      height: side(size.height),
      multipleOf: dynamic ? 32 : 1,
    },
    variants: [
      {
        id: `fp32-${size.width}x${size.height}`,
        precision: 'fp32',
        ...size,
        file: 'm.onnx',
        sha256: await sha256OfFile(file),
        bytes: readFileSync(file).length,
        accuracy: null,
        madeBy: 'a test',
      },
    ],
  };
  writeFileSync(join(model, 'model.json'), formatManifest(manifest));
  return { modelsDir, model, before: contentOf(model) };
}

const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
const roadside = () => registryOf('roadside', ROADSIDE_FILE!, CLASSES, { width: 320, height: 192 }, true);

/** Names of a folder's files, and its manifest. */
function contentOf(model: string) {
  return { files: readdirSync(model).sort(), manifest: readFileSync(join(model, 'model.json'), 'utf8') };
}

/** A busy simulated road, a frame every two seconds. */
async function road(frames: number): Promise<FrameSet> {
  const options = parseSimulatorUrl('sim://road?seed=3&traffic=rush&width=416&height=256');
  const scene = (await Road.open(options, new AbortController().signal))!;
  const { width, height } = scene;
  const pictures = Array.from({ length: frames }, (_, index) => {
    const data = new Uint8Array(width * height * 3);
    scene.render(index * 30, data);
    return { id: `road ${index}`, width, height, data };
  });
  return { count: frames, read: async (index) => pictures[index]!, labels: async () => null };
}

/** Pictures of noise. */
function noise(frames: number, { width, height }: Sized): FrameSet {
  const data = (index: number) =>
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 31 + index * 57) % 256);
  return {
    count: frames,
    read: async (index) => ({ id: `noise ${index}`, width, height, data: data(index) }),
    labels: async () => null,
  };
}

function optimize(modelsDir: string, frames: FrameSet, change: Partial<OptimizeOptions>): Promise<WorkshopReport> {
  return makeVariants({
    modelsDir,
    model: 'm',
    frames,
    framesFrom: 'a test',
    target: 'cpu',
    minF1: 0.97,
    only: null,
    sizes: null,
    classes: null,
    dryRun: false,
    scratch: folder,
    minSpeedup: 0,
    measuring: { rounds: 2, roundMs: 20 },
    ...change,
  });
}

const verdictsOf = ({ outcomes }: WorkshopReport) =>
  Object.fromEntries(outcomes.map(({ id, verdict }) => [id, verdict]));

/** What a quantizer would do that takes the wrong scale for its first layers. */
function damaged(model: Model): Model {
  const copy = copyModel(model);
  const { graph } = copy;
  for (const [name, tensor] of [...graph.initializers].slice(0, 6)) {
    if (tensor.type === 'float32')
      graph.setInitializer(
        name,
        float32Tensor(
          tensor.dims,
          floatsOf(tensor).map((w) => w * 0.6),
        ),
      );
  }
  return copy;
}

const RUSH = ROADSIDE_FILE ? await road(36) : noise(0, SMALL);

needsModel(test)('variants that kept their accuracy are registered, and the registry can load them', async () => {
  const { modelsDir } = await roadside();
  const sizes = [{ width: 256, height: 160 }];
  const report = await optimize(modelsDir, RUSH, { only: ['int8', 'fused', 'sizes'], sizes, minF1: 0.9 });
  const int8 = report.outcomes.filter(({ precision }) => precision === 'int8');
  assert.equal(
    int8.map(({ id, verdict }) => [id, verdict]),
    [
      ['int8-320x192', 'registered'],
      ['int8-fused-320x192', 'registered'],
      [`${report.recommended!.replace('320x192', '256x160')}`, 'registered'],
    ],
  );
  assert.ok(int8.every(({ gate }) => gate!.f1 > 0.9));
  assert.ok(int8.every(({ bytes, speed }) => bytes! < 2_000_000 && speed!.p50Ms > 0));
  const registry = await ModelRegistry.open(modelsDir);
  assert.equal(
    (await registry.verify()).filter(({ problem }) => problem !== null),
    [],
  );
  const { variant } = await registry.find('m', 'int8-fused-320x192');
  assert.is(variant.output, 'candidates');
  assert.is(variant.input?.type, 'uint8');
  assert.match(variant.accuracy!.metric, /^F1 against fp32 on \d+ held-back frames/);
  assert.is((await registry.find('m')).variant.id, 'fp32-320x192');
});

needsModel(test)('a damaged quantization is refused with its reason, and nothing is written', async () => {
  const { modelsDir, model, before } = await roadside();
  const quantizeInt8: typeof PASSES.quantizeInt8 = async (whole) => ({
    model: damaged(whole),
    method: 'min-max',
    scores: {},
    sensitivity: [],
    notes: [],
  });
  const report = await optimize(modelsDir, RUSH, { only: ['int8'], passes: { ...PASSES, quantizeInt8 } });
  const [, outcome] = report.outcomes;
  assert.is(outcome!.verdict, 'refused');
  assert.match(outcome!.reason!, /^F1 0\.\d+ is below 0\.97 of the parent's: \d+ of \d+ vehicles lost/);
  assert.is(report.recommended, null);
  assert.equal(contentOf(model), before);
});

needsModel(test)('an interruption leaves the registry as it was', async () => {
  const { modelsDir, model, before } = await roadside();
  for (const stage of ['judging', 'measuring speed', 'examples']) {
    const abort = new AbortController();
    const work = optimize(modelsDir, RUSH, {
      only: ['fused'],
      signal: abort.signal,
      onProgress: ({ what }) => what.startsWith(stage) && abort.abort(new Error('Ctrl-C')),
    });
    const error = await work.catch((reason: Error) => reason);
    assert.match(String(error), /Ctrl-C/, stage);
    assert.equal(contentOf(model), before, stage);
  }
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('edge-workshop')),
    [],
  );
});

needsModel(test)('a dry run judges and writes nothing', async () => {
  const { modelsDir, model, before } = await roadside();
  const report = await optimize(modelsDir, RUSH, {
    only: ['sizes'],
    sizes: [{ width: 256, height: 160 }],
    dryRun: true,
  });
  assert.equal(verdictsOf(report), { 'fp32-320x192': 'reference', 'fp32-256x160': 'made' });
  const smaller = report.outcomes[1]!.accuracy!.relativeToFp32;
  assert.ok(smaller < 1 && smaller > 0.3, String(smaller));
  assert.equal(contentOf(model), before);
});

test('a model that never gives a score is named, in place of asking for busier frames', async () => {
  const file = join(folder, 'silent.onnx');
  const output = { name: 'o', dims: [1, 128, 6], data: new Float32Array(768) };
  writeFileSync(file, constantModel({ name: 'images', dims: [1, 3, SMALL.height, SMALL.width] }, [output]));
  const { modelsDir } = await registryOf('roadside', file, ['car', 'bus'], SMALL, false);
  const error = await optimize(modelsDir, noise(24, SMALL), {}).catch((reason: Error) => reason);
  assert.match(
    String(error),
    /m cannot be judged: it gave no score above 0 in any of 8 frames, and other frames will hardly change that/,
  );
});

needsModel(test)('frames without vehicles judge nothing', async () => {
  const { modelsDir } = await roadside();
  const error = await optimize(modelsDir, noise(24, SMALL), {}).catch((reason: Error) => reason);
  assert.match(String(error), /m cannot be judged: the parent found \d+ vehicles? on these frames/);
});

for (const family of FAMILIES) {
  test(`a small ${family} model goes through: every variant is made, or refused with a reason`, async () => {
    const file = join(folder, `${family}.onnx`);
    await writeModel(file, familyModel(family));
    for (const target of ['cpu', 'cuda', 'tensorrt'] as const) {
      const { modelsDir } = await registryOf(family, file, ['car', 'truck'], SMALL, false);
      const report = await optimize(modelsDir, noise(36, SMALL), { target });
      assert.ok(report.outcomes.length > 1);
      for (const { id, verdict, reason } of report.outcomes) {
        if (verdict === 'refused')
          assert.ok(reason && !/undefined|not a function|Cannot read/.test(reason), `${id}: ${reason}`);
        else assert.ok(verdict === 'reference' || verdict === 'registered', `${id}: ${verdict}`);
      }
      const problems = (await (await ModelRegistry.open(modelsDir)).verify()).filter(({ problem }) => problem !== null);
      assert.equal(problems, []);
    }
  });
}

test('outputs whose numbers mean something else than usual stay as they are', async () => {
  const file = join(folder, 'decoding.onnx');
  await writeModel(file, familyModel('yolov8'));
  const { modelsDir, model } = await registryOf('yolov8', file, ['car', 'truck'], SMALL, false);
  const manifest = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
  writeFileSync(join(model, 'model.json'), formatManifest({ ...manifest, decoding: { boxes: 'cxcywh' } }));
  const { outcomes } = await optimize(modelsDir, noise(36, SMALL), { only: ['fused'] });
  const fused = outcomes.find(({ id }) => id.includes('fused'))!;
  assert.not.match(fused.madeBy, /candidates output/);
  assert.match(
    fused.notes.join(),
    /the outputs differ from those of a usual yolov8 export \(its decoding\): they stay as they are/,
  );
});

test('a variant that somebody else made is not written over', async () => {
  const file = join(folder, 'roadside.onnx');
  await writeModel(file, familyModel('roadside'));
  const { modelsDir, model } = await registryOf('roadside', file, ['car', 'truck'], SMALL, false);
  const manifest = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8'));
  manifest.variants.push({ ...manifest.variants[0], id: 'int8-tensorrt-64x32', madeBy: 'a colleague' });
  writeFileSync(join(model, 'model.json'), formatManifest(manifest));
  const before = contentOf(model);
  const { outcomes } = await optimize(modelsDir, noise(36, SMALL), { target: 'tensorrt' });
  assert.match(outcomes[1]!.reason!, /there is a variant int8-tensorrt-64x32 already, made by: a colleague/);
  assert.equal(contentOf(model), before);
});

test('a model without an fp32 variant is refused with what to do', async () => {
  const file = join(folder, 'roadside.onnx');
  await writeModel(file, familyModel('roadside'));
  const { modelsDir, model } = await registryOf('roadside', file, ['car', 'truck'], SMALL, false);
  const text = readFileSync(join(model, 'model.json'), 'utf8').replace('"precision": "fp32"', '"precision": "int8"');
  writeFileSync(join(model, 'model.json'), text);
  const error = await optimize(modelsDir, noise(24, SMALL), {}).catch((reason: Error) => reason);
  assert.match(
    String(error),
    /model m has no fp32 variant to start from, only what is quantised already and cannot be quantised again; add its fp32/,
  );
});

test('a quantised model that its manifest calls fp32 is refused as what it is', async () => {
  const file = join(folder, 'quantised.onnx');
  const model = familyModel('roadside');
  model.graph.setInitializer('scale', float32Tensor([], [0.1]));
  model.graph.add(makeNode('QuantizeLinear', 'quantise', [model.graph.inputs[0]!.name, 'scale'], ['bytes']));
  await writeModel(file, model);
  const { modelsDir } = await registryOf('roadside', file, ['car', 'truck'], SMALL, false);
  const error = await optimize(modelsDir, noise(24, SMALL), {}).catch((reason: Error) => reason);
  assert.match(
    String(error),
    /m:fp32-64x32 is called fp32 in its manifest, and is quantised already: nothing can be made/,
  );
});

test('too few frames are refused before any work', async () => {
  const file = join(folder, 'roadside.onnx');
  await writeModel(file, familyModel('roadside'));
  const { modelsDir } = await registryOf('roadside', file, ['car', 'truck'], SMALL, false);
  const error = await optimize(modelsDir, noise(5, SMALL), {}).catch((reason: Error) => reason);
  assert.match(String(error), /5 frames are too few .* give at least 60 with --frames/);
});

test.run();
