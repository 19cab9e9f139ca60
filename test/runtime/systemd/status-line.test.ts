import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CameraStatus } from '../../../src/runtime/status.js';
import { statusLine } from '../../../src/runtime/systemd/status-line.js';

const test = suite('status line');

const camera = (state: CameraStatus['state'], answeredFps: number | null, estimatedF1: number | null) =>
  ({ state, answeredFps, estimatedF1 }) as CameraStatus;

test('counts cameras, adds their answers up and tells the worst estimate', () => {
  const cameras = [
    camera('streaming', 9.96, 0.971),
    camera('streaming', 4.2, 0.934),
    camera('reconnecting', null, null),
  ];
  assert.is(
    statusLine({ cameras, provider: 'cuda' }),
    '2 of 3 cameras streaming, 14.2 answers/s, estimated F1 0.93, cuda',
  );
});

test('says what is not known yet', () => {
  assert.is(
    statusLine({ cameras: [camera('starting', null, null)], provider: null }),
    '0 of 1 camera streaming, no answers yet, F1 not known yet, no detector',
  );
});

test.run();
