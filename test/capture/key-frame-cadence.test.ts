import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyFrameCadence } from '../../src/capture/key-frame-cadence.js';

const test = suite('key frame cadence');

function cadenceOf(keyFrames: readonly (number | null)[], until = 0): number | null {
  const cadence = new KeyFrameCadence();
  for (const at of keyFrames) cadence.keyFrame(at);
  cadence.picture(until);
  return cadence.intervalMs;
}

test('the interval is the usual one, whatever the join, a lost key frame or a clock that jumped back made of one of them', () => {
  assert.is(cadenceOf([300, 1000, 3000, 5000, 9000, 11_000]), 2000);
  assert.is(cadenceOf([80_000, 1000, 3000, 5000]), 2000);
});

test('before the second key frame nothing is known until the first is long ago', () => {
  assert.is(cadenceOf([]), null);
  assert.is(cadenceOf([null, null], 60_000), null);
  assert.is(cadenceOf([1000], 4900), null);
  assert.is(cadenceOf([1000], 5100), 4100);
});

test('a stream whose key frames cease is told by how long ago the last one is', () => {
  assert.is(cadenceOf([0, 1000, 2000, 3000], 6500), 1000);
  assert.is(cadenceOf([0, 1000, 2000, 3000], 12_000), 9000);
});

test.run();
