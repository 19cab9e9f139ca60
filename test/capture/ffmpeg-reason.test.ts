import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FfmpegTask } from '../../src/capture/ffmpeg-arguments.js';
import { reasonOf } from '../../src/capture/ffmpeg-reason.js';

const task: FfmpegTask = {
  url: 'rtsp://10.0.0.2/cam',
  live: true,
  realtime: true,
  loop: false,
  maxFps: 0,
  maxWidth: 640,
  inputArgs: [],
  rtspTransport: 'tcp',
};
const why = (said: string, change: Partial<FfmpegTask> = {}) => reasonOf(said, { ...task, ...change }) ?? 'unknown';

test('a refusal of the camera is told by its number, with what to do', () => {
  const rtsp = (status: string) => why(`method DESCRIBE failed: ${status}; rtsp://10.0.0.2/cam: Server returned 4XX`);
  assert.match(rtsp('401 Unauthorized'), 'it wants a user and password (401): write them into the URL');
  assert.match(rtsp('403 Forbidden'), 'may not see this stream (403)');
  assert.match(rtsp('404 Not Found'), 'it has no stream at this path (404)');
  assert.match(rtsp('453 Not Enough Bandwidth'), 'substream');
  assert.match(rtsp('454 Session Not Found'), 'it has lost the session (454)');
  assert.match(rtsp('503 Service Unavailable'), 'too many viewers');
  assert.match(why('HTTP error 404 Not Found'), 'it has no stream at this path (404)');
  assert.match(why('https://cam/x: Server returned 403 Forbidden (access denied)'), '(403)');
});

test('a refused password is another thing than a missing one', () => {
  const said = 'method DESCRIBE failed: 401 Unauthorized';
  assert.is(why(said, { url: 'rtsp://admin:x@10.0.0.2/cam' }), 'it refuses this user and password (401): correct them');
});

test('a camera that does not know the transport is asked for the other one', () => {
  const said = 'method SETUP failed: 461 Unsupported transport; rtsp://10.0.0.2/cam: Protocol not supported';
  assert.match(why(said), 'write rtspTransport: udp for this camera');
  assert.match(why(said, { rtspTransport: 'udp' }), 'write rtspTransport: tcp for this camera');
});

test('what has no number is told by its words', () => {
  assert.match(why("Stream map '0:v:0' matches no streams."), 'it sends no video, only sound or data');
  assert.match(why('Decoder (codec hevc) not found for input stream #0:0'), 'install a complete ffmpeg');
  assert.match(why('Decoding requested, but no decoder found for: hevc'), 'let the camera send H.264');
  assert.match(why('Could not find codec parameters for stream 0 (Video: h264, none): unspecified size'), 'SPS, PPS');
  assert.match(why('Connection to tcp://10.0.0.2:554?timeout=0 failed: Connection refused'), 'nothing listens there');
  assert.match(why('Failed to resolve hostname nocam: Name or service not known'), 'no such host name');
  assert.match(why('Connection to tcp://10.0.0.2:554 failed: No route to host'), 'there is no way to it');
  assert.match(why('Connection to tcp://10.0.0.2:554 failed: Connection timed out'), 'it does not answer');
  assert.match(why("Unrecognized option 'hwacel'."), 'correct inputArgs or filters');
  assert.match(why('foo://x: Protocol not found'), 'does not know the protocol');
  assert.match(why('rtsp://10.0.0.2/cam: Invalid data found when processing input'), 'is the port right');
  assert.match(why('Cannot open video device /dev/video7: No such file or directory'), 'ls /dev/video*');
  assert.match(why('Cannot open video device /dev/video0: Permission denied'), 'group video');
  assert.match(why('/dev/video0: Device or resource busy'), 'another program has the device');
});

test('what nobody knows better is left to ffmpeg, and a file that is no video to the advice for files', () => {
  assert.is(why('something new'), 'unknown');
  assert.is(why('file:a.mp4: Invalid data found when processing input', { live: false }), 'unknown');
});

test.run();
