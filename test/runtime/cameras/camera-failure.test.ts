import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EdgeError, SourceError } from '../../../src/foundation/errors.js';
import { cameraFailure } from '../../../src/runtime/cameras/camera-failure.js';

test('a tenant is told what its source says, and of the device only that it fails', () => {
  const source = new SourceError('cannot read rtsp://quay:secret@10.0.0.11/stream', {}, undefined, true);
  const device = new EdgeError('E_DETECTOR', 'worker 0 cannot load /opt/models/roadside-n.onnx');
  assert.is(cameraFailure(source, 'harbour'), 'cannot read rtsp://***@10.0.0.11/stream');
  assert.is(
    cameraFailure(device, 'harbour'),
    'its frames can be answered no more; whoever runs the device finds the reason in the log',
  );
  assert.is(cameraFailure(device, null), 'worker 0 cannot load /opt/models/roadside-n.onnx');
});

test.run();
