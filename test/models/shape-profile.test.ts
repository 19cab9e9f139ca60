import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../src/detect/detector.js';
import { withShapeProfile } from '../../src/models/shape-profile.js';
import { needsModel, roadsideRequest } from '../detect/roadside-request.js';

const test = suite('shape profile');
const withModel = needsModel(test);

const PYTHON = { command: ['python3', 'scripts/workers/onnxruntime_worker.py'], socket: undefined, binding: undefined };

function request(options: Record<string, string> = {}, batchSizes = [1, 2, 4, 8]): LoadRequest {
  const plain = roadsideRequest({ batchSizes });
  const providers = [
    { name: 'tensorrt', options },
    { name: 'cuda', options: {} },
  ] as const;
  return { ...plain, session: { ...plain.session, providers } };
}

const optionsOf = ({ session }: LoadRequest) => session.providers.map(({ options }) => options);

withModel('TensorRT is told the range of the batches, CUDA is not', () => {
  assert.equal(optionsOf(withShapeProfile(request(), PYTHON)), [
    {
      trt_profile_min_shapes: 'images:1x3x96x160',
      trt_profile_opt_shapes: 'images:8x3x96x160',
      trt_profile_max_shapes: 'images:8x3x96x160',
    },
    {},
  ]);
});

withModel('options that a person has set stay', () => {
  const mine = { trt_profile_opt_shapes: 'images:4x3x96x160' };
  const [options] = optionsOf(withShapeProfile(request(mine), PYTHON));
  assert.is((options as Record<string, string>)['trt_profile_opt_shapes'], 'images:4x3x96x160');
});

withModel('a binding of its own may hand options on, the stock one does not', () => {
  const own = { command: undefined, socket: undefined, binding: '/opt/onnxruntime-node' };
  assert.is(Object.keys(optionsOf(withShapeProfile(request(), own))[0]!).length, 3);
  assert.equal(optionsOf(withShapeProfile(request(), { ...own, binding: undefined })), [{}, {}]);
});

withModel('one batch size needs no range', () => {
  assert.equal(optionsOf(withShapeProfile(request({}, [1]), PYTHON)), [{}, {}]);
});

test('of a file that is no model the worker says what it is', () => {
  const broken = { ...request(), file: '/no/model/here.engine' };
  assert.equal(optionsOf(withShapeProfile(broken, PYTHON)), [{}, {}]);
});

test.run();
