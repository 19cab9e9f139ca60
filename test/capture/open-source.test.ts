import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf } from '../../src/capture/open-source.js';
import { SourceError } from '../../src/foundation/errors.js';
import { sourceContract } from './source-contract.js';
import { openCamera } from './sources.js';

sourceContract('simulator', () => openCamera({ url: 'sim://road?seed=1' }));

function refusal(camera: Parameters<typeof openCamera>[0]): string {
  try {
    openCamera(camera);
  } catch (error) {
    assert.instance(error, SourceError);
    return (error as Error).message;
  }
  return 'opened';
}

const auto = (url: string) => kindOf({ kind: 'auto', url });

test('the form of a URL says how it is read', () => {
  assert.equal(
    [
      auto('rtsp://cam/1'),
      auto('rtsps://cam/1'),
      auto('https://host/live/index.m3u8?token=1'),
      auto('clip.mp4'),
      auto('/dev/video0'),
      auto('images:shots'),
      auto('http://cam/snapshot.jpg'),
      auto('sim://road?seed=1'),
    ],
    ['ffmpeg', 'ffmpeg', 'ffmpeg', 'ffmpeg', 'ffmpeg', 'images', 'http', 'simulator'],
  );
});

test('the configured kind is taken as it is', () => {
  assert.is(kindOf({ kind: 'ffmpeg', url: 'http://host/stream.ts' }), 'ffmpeg');
});

test('a kind that does not fit its URL is refused, without its password', () => {
  const url = 'rtsp://u:hunter2@cam/1';
  assert.is(refusal({ kind: 'mjpeg', url }), 'kind mjpeg reads http:// and https:// URLs, got rtsp://***@cam/1');
  assert.is(refusal({ kind: 'images', url }), 'kind images reads images:DIR, got rtsp://***@cam/1');
  assert.match(refusal({ kind: 'simulator', url }), 'rtsp://***@cam/1: expected sim://road');
});

test('a simulator URL that stands for several cameras is no single camera', () => {
  assert.match(refusal({ url: 'sim://road?cameras=4' }), 'stands for 4 cameras: cameras=N works with --source only');
});

test('a bad simulator option is refused', () => {
  assert.match(refusal({ url: 'sim://road?trafic=rush' }), 'did you mean traffic?');
});

test('a file URL that names no file is refused', () => {
  assert.match(refusal({ url: 'file://clip.mp4' }), 'file://clip.mp4 names no file: write file:///folder/clip.mp4');
});

test('a password that cuts the URL short is refused, and not repeated', () => {
  for (const url of ['rtsp://admin:a/b@cam/1', 'http://admin:what?@cam/1', 'rtsp://admin:x#y@cam/1']) {
    const said = refusal({ url });
    assert.match(said, 'camera cam1: user name and password cannot be told from the path: write ');
    assert.not.match(said, 'admin');
  }
  assert.match(refusal({ url: 'rtsp://admin:12345#abc@cam/1' }), 'write # as %23 before the last @');
  for (const url of ['rtsp://cam:554/x@1', 'rtsp://[::1]:554/x@1', 'rtsp://u:p%2Fw@cam/1', 'http://u:50%off@cam/x']) {
    assert.is(refusal({ url }), 'opened', url);
  }
});

test('a camera is not expected to deliver more than it is asked for', () => {
  const source = openCamera({ url: 'rtsp://cam/1', expectedFps: 25, maxFps: 5 });
  assert.is(source.health().expectedFps, 5);
});

test.run();
