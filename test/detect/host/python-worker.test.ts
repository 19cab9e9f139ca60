import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Family, LoadRequest } from '../../../src/detect/detector.js';
import { runConformance } from '../../../src/detect/host/conformance.js';
import { WorkerDetector } from '../../../src/detect/host/worker-detector.js';
import { createPostprocess } from '../../../src/detect/worker/postprocess.js';
import type { OutputTensor } from '../../../src/detect/worker/slice-reader.js';
import { explain, ModelError } from '../../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { has, where } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { roadsideRequest } from '../roadside-request.js';

/*
 * scripts/workers/onnxruntime_worker.py with a stand-in for the onnxruntime package (test/fixtures/fake_onnxruntime):
 * protocol, provider ladder, decoding and NMS are the real ones, the inference is not.
 */

const folder = temporaryFolder('python-worker');
const SCRIPT = join(PROJECT_ROOT, 'scripts', 'workers', 'onnxruntime_worker.py');
const command = ['python3', SCRIPT];
const env = { PYTHONPATH: join(PROJECT_ROOT, 'test', 'fixtures', 'fake_onnxruntime'), PYTHONDONTWRITEBYTECODE: '1' };
const SIZE = 64;
const CLASSES = ['car', 'truck', 'bus'];
const CPU_PROFILE = [{ cat: 'Node', args: { op_name: 'Conv', provider: 'CPUExecutionProvider' } }];

const runs = has('python3') && spawnSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0;

const withNumpy = where(runs, 'python3 with numpy', test);

interface Outputs {
  readonly [name: string]: { readonly dims: number[]; readonly data: number[] };
}

let files = 0;

/** A load request for a stand-in model that always answers `outputs`. */
function fakeModel(family: Family, outputs: Outputs, rest: object = { profile: CPU_PROFILE }): LoadRequest {
  const file = join(folder, `${family}-${files++}.json`);
  writeFileSync(file, JSON.stringify({ outputs, ...rest }));
  const request = roadsideRequest();
  return {
    ...request,
    file,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    family,
    classes: CLASSES,
    scoreThresholds: [0.3, 0.4, 0.5],
    maxDetections: 20,
    input: { ...request.input, width: SIZE, height: SIZE },
  };
}

/** Numbers in 0..1, the same every time. */
function numbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => (state = (state * 1_103_515_245 + 12_345) % 0x8000_0000) / 0x8000_0000);
}

/** Rows of plausible boxes; `row` says how a family writes one. */
function rows(count: number, row: (n: number[], i: number) => number[]): number[] {
  return Array.from({ length: count }, (_, i) => row(numbers(12, i * 7919 + 1).slice(2), i)).flat();
}

const box = ([x, y, w, h]: number[]) => [x! * 40, y! * 40, x! * 40 + 5 + w! * 20, y! * 40 + 5 + h! * 20];
const centred = ([x, y, w, h]: number[]) => [x! * SIZE, y! * SIZE, 5 + w! * 20, 5 + h! * 20];

/** [rows][columns] to [columns][rows]. */
function transposed(values: number[], columns: number): number[] {
  const count = values.length / columns;
  return Array.from({ length: values.length }, (_, i) => values[(i % count) * columns + Math.floor(i / count)]!);
}

/** Strong, but outside the picture, beyond its edge, empty or not a number. */
const NO_BOXES = [
  [-30, -30, -5, -5, 0.9, 0, 0],
  [SIZE + 4, 5, SIZE + 20, 20, 0.9, 0, 0],
  [20, 20, 10, 30, 0.9, 0, 0],
  [0, 0, 1e39, 10, 0.9, 0, 0],
].flat();

const FAMILIES = {
  roadside: {
    detections: { dims: [1, 64, 7], data: [...rows(60, (n) => [...box(n), ...n.slice(4, 7)]), ...NO_BOXES] },
  },
  yolov8: {
    output0: {
      dims: [1, 7, 60],
      data: transposed(
        rows(60, (n) => [...centred(n), ...n.slice(4, 7)]),
        7,
      ),
    },
  },
  yolov10: { output0: { dims: [1, 30, 6], data: rows(30, (n, i) => [...box(n), n[4]!, i % 3]) } },
  yolox: {
    output: { dims: [1, 84, 8], data: rows(84, (n) => [n[0]!, n[1]!, n[2]! - 0.5, n[3]!, n[4]!, ...n.slice(5, 8)]) },
  },
  detr: {
    pred_boxes: { dims: [1, 30, 4], data: rows(30, (n) => n.slice(0, 4)) },
    pred_logits: { dims: [1, 30, 3], data: rows(30, (n) => n.slice(4, 7).map((v) => v * 4 - 2)) },
  },
  yolov5: { output0: { dims: [1, 60, 8], data: rows(60, (n) => [...centred(n), n[4]!, ...n.slice(5, 8)]) } },
} satisfies Partial<Record<Family, Outputs>>;

/** What the built-in worker makes of the same outputs. */
function builtIn(request: LoadRequest, outputs: Outputs): number[] {
  const tensors: Record<string, OutputTensor> = {};
  for (const [name, { dims, data }] of Object.entries(outputs)) {
    tensors[name] = { type: 'float32', dims, data: Float32Array.from(data) };
  }
  const shapes = Object.entries(outputs).map(([name, { dims }]) => ({ name, dims }));
  const into = new Float32Array(request.maxDetections * 6);
  const count = createPostprocess(request, shapes).run(tensors, 0, into, 0);
  return [...into.subarray(0, count * 6)];
}

async function withWorker(body: (detector: WorkerDetector) => Promise<void>): Promise<void> {
  const detector = new WorkerDetector({ command, env, deadlineMs: 10_000, loadDeadlineMs: 20_000 });
  try {
    await body(detector);
  } finally {
    await detector.close();
  }
}

for (const [family, outputs] of Object.entries(FAMILIES) as [Family, Outputs][]) {
  withNumpy(`the Python worker reads ${family} outputs as the built-in worker does`, async () => {
    const request = fakeModel(family, outputs);
    const expected = builtIn(request, outputs);
    assert.ok(expected.length >= 3 * 6, `${expected.length / 6} boxes`);
    await withWorker(async (detector) => {
      await detector.load(request);
      const picture = { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 3) };
      const { detections } = await detector.detect([picture, picture]);
      for (const { count, data } of detections) {
        assert.is(count * 6, expected.length);
        for (const [i, value] of expected.entries()) {
          assert.ok(Math.abs(data[i]! - value) < 1e-3, `number ${i} is ${data[i]}, expected ${value}`);
        }
      }
    });
  });
}

for (const output of ['candidates', 'boxes'] as const) {
  withNumpy(`the Python worker reads ${output} as the built-in worker does`, async () => {
    const outputs = { reduced: { dims: [1, 60, 6], data: rows(60, (n, i) => [...box(n), n[4]!, i % 3]) } };
    const request = { ...fakeModel('yolox', outputs), output };
    const expected = builtIn(request, outputs);
    await withWorker(async (detector) => {
      await detector.load(request);
      const { detections } = await detector.detect([
        { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 3) },
      ]);
      assert.equal([...detections[0]!.data].map(Math.fround), expected.map(Math.fround));
    });
  });
}

withNumpy('the Python worker refuses what it does not read, and tells the highest score of what it does', async () => {
  const request = fakeModel('roadside', FAMILIES.roadside);
  await withWorker(async (detector) => {
    for (const change of [{ family: 'ssd' }, { decoding: { coordinates: 'normalised' } }] as const) {
      const error = await detector.load({ ...request, ...change }).catch((reason: Error) => reason);
      assert.instance(error, ModelError);
      assert.match((error as Error).message, /this worker reads roadside, .* as they usually are/);
    }
    await detector.load({ ...request, scoreThresholds: [2, 2, 2] });
    const { detections, peakScores } = await detector.detect([
      { width: SIZE, height: SIZE, data: new Uint8Array(SIZE * SIZE * 3) },
    ]);
    assert.is(detections[0]!.count, 0);
    assert.ok(Math.abs(peakScores[0]! - Math.max(...expectedScores())) < 1e-3);
  });
});

/** Of the roadside rows, the scores of all classes. */
function expectedScores(): number[] {
  const { data } = FAMILIES.roadside.detections;
  return data.filter((_, at) => at % 7 >= 4);
}

withNumpy('the Python worker passes the conformance checks', async () => {
  const results = await runConformance({ command, env }, { request: fakeModel('roadside', FAMILIES.roadside) });
  assert.equal(
    results.filter((result) => !result.ok),
    [],
  );
});

withNumpy('the Python worker hands on TensorRT options and tells that TensorRT ran', async () => {
  const request = fakeModel('roadside', FAMILIES.roadside, {
    providerOptions: { trt_fp16_enable: '1', trt_engine_cache_path: '/var/cache/engines' },
    profile: [
      { cat: 'Node', args: { op_name: 'TRTKernel_graph_0', provider: 'TensorrtExecutionProvider' } },
      { cat: 'Node', args: { op_name: 'Concat', provider: 'CPUExecutionProvider' } },
    ],
  });
  const options = { trt_fp16_enable: true, trt_engine_cache_path: '/var/cache/engines' };
  const providers = [{ name: 'tensorrt', options } as const, { name: 'cpu', options: {} } as const];
  await withWorker(async (detector) => {
    const info = await detector.load({ ...request, session: { ...request.session, providers } });
    assert.is(info.provider, 'tensorrt');
    assert.is(info.runtime, 'onnxruntime 0.0-fake (Python)');
  });
});

withNumpy('the Python worker refuses a provider that left the work to the CPU', async () => {
  const request = fakeModel('roadside', FAMILIES.roadside);
  const providers = (['cuda', 'tensorrt', 'cpu'] as const).map((name) => ({ name, options: {} }));
  await withWorker(async (detector) => {
    const info = await detector.load({ ...request, session: { ...request.session, providers } });
    assert.is(info.provider, 'cpu');
    assert.match(info.refused[0]!.reason, /has no cuda/);
    assert.match(info.refused[1]!.reason, /ran 1 convolutions or matrix products on the CPU and 0 kernels on tensorrt/);
  });
});

withNumpy('the Python worker without its packages says which one to install', async () => {
  const detector = new WorkerDetector({
    command: ['python3', '-I', SCRIPT],
    deadlineMs: 10_000,
    loadDeadlineMs: 20_000,
  });
  const error = await detector.start().then(() => null, explain);
  // where the real package is installed there is nothing to complain about
  if (error === null) return detector.close();
  assert.match(error, /has no package onnxruntime: install numpy and onnxruntime/);
});

test.run();
