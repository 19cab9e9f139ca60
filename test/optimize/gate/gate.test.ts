import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { copyModel, type Model } from '../../../src/onnx/model.js';
import { readModel, writeModel } from '../../../src/onnx/model-file.js';
import { float32Tensor, floatsOf } from '../../../src/onnx/tensor.js';
import { detectOn } from '../../../src/optimize/gate/detections-of.js';
import { judge } from '../../../src/optimize/gate/gate.js';
import type { FrameSet, Label } from '../../../src/pictures/frame-set.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';
import { needsModel, ROADSIDE_FILE, roadsideRequest } from '../../detect/roadside-request.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('gate');
const FRAMES = 40;
const OPTIONS = { classes: roadsideRequest().classes, minF1: 0.97, scoreThreshold: 0.35 };

/** A busy simulated road, a frame every two seconds, with its vehicles' true boxes as labels. */
async function road(): Promise<FrameSet> {
  const options = parseSimulatorUrl('sim://road?seed=3&traffic=rush&width=416&height=256');
  const scene = (await Road.open(options, new AbortController().signal))!;
  const { width, height } = scene;
  const at = (index: number) => index * 30;
  return {
    count: FRAMES,
    async read(index) {
      const data = new Uint8Array(width * height * 3);
      scene.render(at(index), data);
      return { id: `road ${index}`, width, height, data };
    },
    async labels(index) {
      const { count, data } = scene.truth(at(index));
      return Array.from({ length: count }, (_, i): Label => {
        const [x1, y1, x2, y2, , classIndex] = data.subarray(i * 6, i * 6 + 6);
        return { classIndex: classIndex!, x1: x1!, y1: y1!, x2: x2!, y2: y2! };
      });
    },
  };
}

async function requestFor(model: Model, name: string): Promise<LoadRequest> {
  const file = join(folder, `${name}.onnx`);
  await writeModel(file, model);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const request = roadsideRequest({ file, sha256, variant: name });
  return { ...request, input: { ...request.input, width: 416, height: 256 } };
}

/** The model with the weights of one convolution in the middle off by up to `share` of their largest. */
function damaged(model: Model, share: number): Model {
  const copy = copyModel(model);
  const convolutions = copy.graph.nodes.filter(({ op }) => op === 'Conv');
  const name = convolutions[Math.floor(convolutions.length / 2)]!.inputs[1]!;
  const { dims, ...tensor } = copy.graph.constant(name)!;
  const weights = floatsOf({ dims, ...tensor });
  const largest = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = weights.map((value, i) => value + (((i * 7919) % 1000) / 500 - 1) * share * largest);
  copy.graph.setInitializer(name, float32Tensor(dims, wrong));
  return copy;
}

needsModel(test)('an untouched copy of a model passes with an F1 of 1', async () => {
  const frames = await road();
  const model = readModel(ROADSIDE_FILE!);
  const parent = await detectOn(await requestFor(model, 'parent'), frames);
  const copy = await detectOn(await requestFor(copyModel(model), 'copy'), frames);
  const report = await judge(parent, copy, frames, OPTIONS);
  assert.equal([report.passed, report.reason, report.f1, report.frames], [true, null, 1, FRAMES]);
  assert.equal(
    [report.boxError, report.scoreDrift],
    [
      { meanIou: 1, p95CornerPx: 0 },
      { mean: 0, p95: 0 },
    ],
  );
  assert.ok(report.reference >= 100, `${report.reference} boxes`);
  assert.equal(report.labelled!.variant, report.labelled!.parent);
  assert.ok(report.labelled!.parent.ap50 > 0.2, `AP50 ${report.labelled!.parent.ap50}`);
});

needsModel(test)('a model whose weights were damaged is refused, with how many vehicles it lost', async () => {
  const frames = await road();
  const model = readModel(ROADSIDE_FILE!);
  const parent = await detectOn(await requestFor(model, 'parent'), frames);
  const variant = await detectOn(await requestFor(damaged(model, 0.5), 'damaged'), frames);
  const report = await judge(parent, variant, frames, OPTIONS);
  assert.is(report.passed, false);
  assert.ok(report.f1 < 0.97, `F1 ${report.f1}`);
  assert.match(report.reason!, /^F1 0\.\d+ is below 0\.97 of the parent's: \d+ of \d+ vehicles lost/);
  assert.ok(report.labelled!.variant.ap50 < report.labelled!.parent.ap50);
});

needsModel(test)('work that is given up ends between two frames', async () => {
  const frames = await road();
  const stop = new AbortController();
  const request = await requestFor(readModel(ROADSIDE_FILE!), 'parent');
  const onProgress = (done: number) => done === 2 && stop.abort(new Error('enough'));
  const error = await detectOn(request, frames, { onProgress, signal: stop.signal }).catch((e: unknown) => e as Error);
  assert.is((error as Error).message, 'enough');
});

test('frames without labels are judged by the parent alone', async () => {
  const frames: FrameSet = { count: 1, read: () => Promise.reject(new Error('no')), labels: async () => null };
  const boxes = [Float32Array.from([0, 0, 100, 50, 0.9, 0])];
  const report = await judge(boxes, boxes, frames, { ...OPTIONS, minReference: 1 });
  assert.equal([report.passed, report.labelled], [true, null]);
  assert.equal(report.perClass, [{ name: 'car', f1: 1, recall: 1, precision: 1, reference: 1 }]);
});

test('few vehicles are no ground for passing', async () => {
  const frames: FrameSet = { count: 1, read: () => Promise.reject(new Error('no')), labels: async () => null };
  const boxes = [Float32Array.from([0, 0, 100, 50, 0.9, 0])];
  const report = await judge(boxes, boxes, frames, OPTIONS);
  assert.is(report.passed, false);
  assert.match(report.reason!, /the parent found 1 vehicle on these frames, at least 50 are needed/);
});

test.run();
