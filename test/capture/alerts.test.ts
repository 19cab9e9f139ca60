import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lostCameras, type WatchedCamera } from '../../src/capture/alerts.js';

const camera = (id: string, state: WatchedCamera['state'], lastError: string | null = null): WatchedCamera => ({
  id,
  state,
  connectionQuality: 'excellent',
  lastError,
});

test('cameras that stream are no alert, nor is a file that came to its end', () => {
  assert.is(lostCameras([camera('north', 'streaming'), camera('file', 'ended')]), null);
});

test('names the lost cameras with their reasons, as a warning while others work', () => {
  assert.equal(lostCameras([camera('north', 'reconnecting', 'connection refused'), camera('south', 'streaming')]), {
    severity: 'warning',
    message: 'no usable pictures from north (connection refused): check the camera, its power and its network',
  });
});

test('a camera without usable pictures is lost, whatever its state', () => {
  const dark = { ...camera('north', 'streaming'), connectionQuality: 'unusable' as const };
  assert.is(lostCameras([dark, camera('south', 'reconnecting')])!.severity, 'critical');
});

test('names a camera that was given up', () => {
  const { message } = lostCameras([camera('north', 'ended', 'no such device'), camera('south', 'streaming')])!;
  assert.match(message, /no usable pictures from north \(no such device\): /);
});

test.run();
