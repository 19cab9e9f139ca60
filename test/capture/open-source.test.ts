import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindOf } from '../../src/capture/open-source.js';
import { sourceContract } from './source-contract.js';
import { openCamera } from './sources.js';

sourceContract('simulator', () => openCamera({ url: 'sim://road?seed=1' }));

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
  assert.throws(
    () => openCamera({ kind: 'mjpeg', url: 'rtsp://u:hunter2@cam/1' }),
    (error: Error) => error.message === 'kind mjpeg reads http:// and https:// URLs, got rtsp://***@cam/1',
  );
});

test.run();
