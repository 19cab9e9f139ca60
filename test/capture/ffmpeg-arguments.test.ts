import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FfmpegTask, ffmpegArguments } from '../../src/capture/ffmpeg-arguments.js';

const binary = {
  path: 'ffmpeg',
  bundled: false,
  version: 'ffmpeg version 5.1',
  hasFpsMode: true,
  printsMetadata: true,
};
const task: FfmpegTask = {
  url: 'rtsp://cam/x',
  live: true,
  realtime: true,
  loop: false,
  maxFps: 0,
  maxWidth: 640,
  inputArgs: [],
  rtspTransport: 'tcp',
};
const line = (change: Partial<FfmpegTask>, build = binary) => ffmpegArguments({ ...task, ...change }, build).join(' ');

test('an RTSP camera is read over TCP with little delay, and what was read while probing is kept', () => {
  assert.match(
    line({}),
    '-flags +low_delay+output_corrupt -analyzeduration 2000000 -fpsprobesize 0 -rtsp_transport tcp -i rtsp://cam/x',
  );
  assert.not.match(line({}), 'nobuffer');
});

test('an older ffmpeg, which cannot tell pictures before a key frame, does not show them', () => {
  const older = line({}, { ...binary, printsMetadata: false });
  assert.match(older, '-flags +low_delay -analyzeduration');
  assert.match(older, /-vf scale=\S+,format=yuv420p\|yuvj420p,showinfo /);
});

test('pictures leave as PPM on their own descriptor, sound and subtitles do not', () => {
  assert.match(line({}), '-map 0:v:0 -an -sn -dn');
  assert.match(line({}), /-fps_mode passthrough -f yuv4mpegpipe pipe:3$/);
  assert.match(line({}, { ...binary, hasFpsMode: false }), /-vsync 0 -f yuv4mpegpipe pipe:3$/);
});

test("a file plays at its own rate or fast, once or for ever, and without a camera's options", () => {
  const file = { live: false, url: 'file:/a.mp4' };
  assert.match(line(file), '-re -i file:/a.mp4');
  assert.match(line({ ...file, realtime: false, loop: true }), '-stream_loop -1 -i file:/a.mp4');
  assert.not.match(line(file), 'low_delay');
});

test("the board's decoding arguments come last before the input, its filters before the scaling", () => {
  const args = line({ inputArgs: ['-hwaccel', 'drm'], filters: 'hwdownload,format=nv12' });
  assert.match(args, '-hwaccel drm -i rtsp://cam/x');
  assert.match(
    args,
    "[all]hwdownload,format=nv12,scale=w='trunc(min(640,iw*max(1,if(between(sar,0.25,4),sar,1)))/2)*2'",
  );
});

test('a rate limit comes first of all filters, and key frames are told of before', () => {
  assert.match(line({ maxFps: 5 }), '-vf split[all][key];[key]select=key,');
  assert.match(line({ maxFps: 5 }), "nullsink;[all]select='isnan(t)+isnan(prev_selected_t)+not(eq(floor(t*5+0.001)");
});

test('a USB camera is read through video4linux', () => {
  assert.match(line({ url: '/dev/video0' }), '-f v4l2 -i /dev/video0');
});

test.run();
