import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { camerasFromFlags } from '../../src/cli/sources.js';

const plain = (url: string): string[] => [url];

test('names a camera after its file', () => {
  const cameras = camerasFromFlags({ source: ['clips/toll rain.360.mp4', 'images:/data/eval'] }, plain)!;
  assert.equal(
    cameras.map(({ id }) => id),
    ['toll-rain-360', 'eval'],
  );
});

test('never puts a host or a password into a camera id', () => {
  const [camera] = camerasFromFlags({ source: ['rtsp://admin:hunter2@10.0.0.7/stream'] }, plain)!;
  assert.is(camera!.id, 'camera');
});

test('numbers cameras that would have the same name', () => {
  const expand = (url: string): string[] => [url, url, url];
  const cameras = camerasFromFlags({ source: ['sim://road?cameras=3'] }, expand)!;
  assert.equal(
    cameras.map(({ id }) => id),
    ['sim-1', 'sim-2', 'sim-3'],
  );
});

test('gives every source the flags that shape sources', () => {
  const [camera] = camerasFromFlags({ source: ['a.mp4'], pace: 'fast', loop: true, maxFps: 5 }, plain)!;
  assert.equal(camera, { id: 'a', url: 'a.mp4', pace: 'fast', loop: true, maxFps: 5 });
});

test('leaves the cameras to the configuration where no source is named', () => {
  assert.is(camerasFromFlags({}, plain), null);
});

test('refuses --max-fps without a --source, naming the key to use instead', () => {
  const tlsFingerprint = 'ab'.repeat(32);
  assert.is(
    camerasFromFlags({ source: ['rtsps://cam/1'], tlsFingerprint }, plain)![0]!['tlsFingerprint'],
    tlsFingerprint,
  );
  assert.is(camerasFromFlags({ source: ['rtsps://cam/1'], tlsCaFile: '/ca.pem' }, plain)![0]!['tlsCaFile'], '/ca.pem');
  assert.throws(() => camerasFromFlags({ tlsFingerprint }, plain), /--tls-fingerprint: expected a --source beside it/);
  assert.throws(() => camerasFromFlags({ maxFps: 5 }, plain), /--max-fps: expected a --source beside it.*'maxFps'/s);
});

test.run();
