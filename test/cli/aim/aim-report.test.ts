import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AimReport, adviceFor, aimLines } from '../../../src/cli/aim/aim-report.js';
import { smallestSure } from '../../../src/cli/aim/smallest-vehicle.js';
import { LANGUAGES } from '../../../src/diagnose/languages/languages.js';

const test = suite('aim report');
const text = LANGUAGES.en.aim;
const good: AimReport = {
  camera: 'north',
  state: 'streaming',
  lastError: null,
  fps: 24.96,
  light: { sharpness: 0.4, mean: 120, black: 0.02, white: 0.01 },
  focus: 0.9,
  vehicles: 3,
  vehiclesPerMinute: 41.6,
  smallestFound: 31.2,
  smallestSure: 43.1,
};

test('a good picture needs no advice', () => {
  assert.equal(aimLines(good, text), [
    'north: streaming, 25.0 frames/s',
    'Focus       ██████████████████░░ 90 % of the best so far',
    'Light       █████████░░░░░░░░░░░ 2 % black, 1 % white',
    'Vehicles    3 now, 42 a minute',
    'Smallest    43 px is surely found (the square in the corner); 31 px is the smallest so far',
  ]);
});

test('what is wrong is told with what to do', () => {
  const dark = { ...good, light: { sharpness: 0.4, mean: 20, black: 0.7, white: 0 } };
  const bright = { ...good, light: { sharpness: 0.4, mean: 190, black: 0, white: 0.4 } };
  const covered = { ...good, focus: null, light: { sharpness: null, mean: 90, black: 0, white: 0 } };
  assert.equal(adviceFor(dark, text), [text.tooDark]);
  assert.equal(adviceFor(bright, text), [text.tooBright]);
  assert.equal(adviceFor(covered, text), [text.covered]);
  assert.equal(adviceFor({ ...good, focus: 0.6 }, text), [text.pastBest]);
});

test('a camera that gives no picture says why', () => {
  const lost = { ...good, state: 'reconnecting', lastError: 'connection refused', fps: null, light: null };
  assert.equal(aimLines(lost, text), ['north: reconnecting: connection refused', 'No picture yet.']);
});

test('a larger input finds smaller vehicles, and of an unknown model nothing is said', () => {
  const input = { inputWidth: 416, inputHeight: 256 };
  assert.is(Math.round(smallestSure({ model: 'roadside-n', ...input }, 1280, 720) ?? 0), 86);
  assert.is(Math.round(smallestSure({ model: 'roadside-s', inputWidth: 640, inputHeight: 384 }, 1280, 720) ?? 0), 32);
  assert.is(smallestSure({ model: 'of-theirs', ...input }, 1280, 720), null);
});

test.run();
