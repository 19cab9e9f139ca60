import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FfmpegProgress } from '../../src/capture/ffmpeg-progress.js';

function after(...lines: string[]): string | null {
  const progress = new FfmpegProgress();
  for (const line of lines) progress.line(line);
  return progress.reason;
}

const ATTEMPT = '[tcp @ 0x5] [verbose] Starting connection attempt to 10.0.0.2 port 554';
const CONNECTED = '[tcp @ 0x5] [verbose] Successfully connected to 10.0.0.2 port 554';
const SDP = ['[rtsp @ 0x5] [verbose] SDP:', 'v=0', 's=cam', 'm=audio 0 RTP/AVP 0', 'a=control:track1'];

test('what is missing is the step that has not been made', () => {
  assert.is(after('[info] hello'), null);
  assert.is(after(ATTEMPT), '10.0.0.2 does not take connections at port 554, nor refuse them');
  assert.is(after(ATTEMPT, CONNECTED), '10.0.0.2 took the connection at port 554, and has said nothing since');
  const video = [...SDP, 'm=video 0 RTP/AVP 96'];
  assert.is(after(ATTEMPT, CONNECTED, ...video), 'it described its stream, and has sent nothing of it since');
  assert.is(after(...video, "[info] Input #0, rtsp, from 'x':"), 'its stream is open, and no picture has come');
});

test('a description without a video is told, however far it goes', () => {
  const said = 'it offers no video, only audio and application: take the path of its video';
  assert.is(after(...SDP, 'm=application 0 RTP/AVP 107'), said);
  assert.is(after(...SDP, 'm=application 0 RTP/AVP 107', "[info] Input #0, rtsp, from 'x':"), said);
});

test.run();
