import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { keepCompiled } from '../../../src/runtime/detector/compiled-models.js';
import { loadRequest } from '../../detect/worker/onnx-session.js';
import { temporaryFolder } from '../../temporary.js';

const REQUEST = loadRequest({ family: 'roadside', classes: ['car'], width: 64, height: 64, scoreThresholds: [0.3] });
const dir = temporaryFolder('compiled-models');

const kept = (detector: object) =>
  keepCompiled(REQUEST, configSchema.parse({ detector, store: { dir } })).request.artifacts !== undefined;

test('optimized graphs of the processor are kept where that is asked for', () => {
  assert.is(kept({}), false);
  assert.is(kept({ compiledArtifacts: 'on' }), true);
});

test("TensorRT's engines of a worker that takes its options are kept unless that is not wanted", () => {
  const worker = { command: ['python3', 'worker.py'], providers: ['tensorrt', 'cpu'] };
  assert.is(kept(worker), true);
  assert.is(kept({ ...worker, compiledArtifacts: 'off' }), false);
  assert.is(kept({ ...worker, providers: ['cuda'], compiledArtifacts: 'on' }), false);
});

test.run();
