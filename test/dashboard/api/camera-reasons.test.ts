import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CameraFacts, reasonsOf } from '../../../src/dashboard/api/camera-reasons.js';

const WELL: CameraFacts = {
  state: 'streaming',
  isPaused: false,
  lastError: null,
  waitsForKeyFrame: false,
  isPoorlyConnected: false,
  capturedFps: 25,
  answeredFps: 25,
  implausible: null,
  detectorServes: true,
  detectorProblem: null,
  mostDropped: null,
  vehiclesNow: 3,
  vehiclesSeen: 40,
  onlyClasses: null,
};
const codes = (facts: Partial<CameraFacts>): string[] =>
  reasonsOf({ ...WELL, ...facts }).map(({ code, severity }) => `${code} ${severity}`);

test('where vehicles are and all is well, nothing need be explained', () => {
  assert.equal(codes({}), []);
});

test('an empty road is told from a camera that never saw a vehicle', () => {
  assert.equal(codes({ vehiclesNow: 0 }), ['empty-road info']);
  assert.equal(codes({ vehiclesNow: 0, vehiclesSeen: 0 }), ['none-yet info']);
});

test('where only some classes are reported, that is told before the road is called empty', () => {
  assert.equal(reasonsOf({ ...WELL, vehiclesNow: 0, vehiclesSeen: 0, onlyClasses: ['bicycle', 'bus'] }), [
    { code: 'few-classes', severity: 'warning', detail: 'model.classes: bicycle, bus' },
  ]);
  assert.equal(codes({ vehiclesNow: 0, onlyClasses: ['car'] }), ['empty-road info']);
});

test('what keeps pictures away is told first, with what the program says of it', () => {
  assert.equal(codes({ isPaused: true, state: 'paused' }), ['paused warning']);
  assert.equal(codes({ state: 'starting', capturedFps: null }), ['starting info']);
  assert.equal(reasonsOf({ ...WELL, state: 'reconnecting', lastError: '401 Unauthorized', vehiclesNow: 0 }), [
    { code: 'connection', severity: 'bad', detail: '401 Unauthorized' },
  ]);
  const refused = (lastError: string): string => codes({ state: 'reconnecting', lastError })[0]!;
  assert.is(
    refused('cannot read http://c/x.jpg: HTTP 404 File not found: the camera knows no such path'),
    'wrong-path bad',
  );
  assert.is(refused('it refuses this user and password (401): correct them'), 'login bad');
  assert.is(refused('HTTP 403 Forbidden: this user may not see it'), 'login bad');
  assert.is(refused('ffmpeg ended (exit code 1) reading rtsp://192.0.2.40/1: Connection refused'), 'connection bad');
  assert.equal(codes({ state: 'starting', lastError: 'refused' }), ['connection bad']);
  assert.equal(codes({ state: 'ended' }), ['ended bad']);
  assert.equal(codes({ waitsForKeyFrame: true, capturedFps: null }), ['key-frame warning']);
  assert.equal(codes({ capturedFps: null }), ['no-frames bad']);
});

test('a detector that does not serve is told beside a camera that is away', () => {
  assert.equal(codes({ detectorServes: false }), ['no-detector bad']);
  assert.equal(codes({ detectorServes: false, state: 'reconnecting' }), ['connection bad', 'no-detector bad']);
});

test('pictures that cannot be believed are bad, those that are only worse a warning', () => {
  assert.equal(codes({ implausible: { fault: 'frozen', seen: 'x' } }), ['frozen bad']);
  assert.equal(codes({ implausible: { fault: 'shifted', seen: 'x' } }), ['shifted warning']);
  assert.equal(codes({ implausible: { fault: 'no-vehicles', seen: 'x' }, vehiclesNow: 0 }), ['no-vehicles warning']);
});

test('frames that come and are not answered are explained by where most were lost', () => {
  assert.equal(reasonsOf({ ...WELL, answeredFps: 5, mostDropped: 'overload: 80' }), [
    { code: 'falling-behind', severity: 'warning', detail: 'overload: 80' },
  ]);
  assert.equal(codes({ answeredFps: 0 }), ['no-answers bad']);
  assert.equal(codes({ capturedFps: 0.5, answeredFps: 0.1 }), []);
  assert.equal(codes({ isPoorlyConnected: true }), ['poor-connection warning']);
});

test.run();
