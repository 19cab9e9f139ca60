import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isComplaint } from '../../src/capture/ffmpeg-complaint.js';

const COMPLAINTS = [
  '[h264 @ 0x55d] [error] error while decoding MB 38 20, bytestream -7',
  '[h264 @ 0x55d] [info] concealing 315 DC, 315 AC, 315 MV errors in P frame',
  '[h264 @ 0x55d] [error] Missing reference picture, default is 65530',
  '[h264 @ 0x55d] [error] co located POCs unavailable',
  '[h264 @ 0x55d] [error] cabac decode of qscale diff failed at 33 12',
  '[h264 @ 0x55d] [error] Invalid NAL unit size (1404 > 902).',
  '[h264 @ 0x55d] [error] non-existing PPS 0 referenced',
  '[h264_v4l2m2m @ 0x55d] [error] capture: driver decode error',
  '[hevc @ 0x55d] [error] Could not find ref with POC 33',
  '[hevc @ 0x55d] [error] PPS id out of range: 0',
  '[mjpeg @ 0x55d] [error] overread 8',
  '[mjpeg @ 0x55d] [warning] overread 8',
  '[mpeg4 @ 0x55d] [error] Error at MB: 412',
  '[vp8 @ 0x55d] [error] Invalid partition size',
  '[rtsp @ 0x55d] [warning] RTP: missed 12 packets',
  '[rtsp @ 0x55d] [warning] max delay reached. need to consume packet',
  '[video4linux2,v4l2 @ 0x55d] [warning] Dequeued v4l2 buffer contains corrupted data (0 bytes).',
  '[mpegts @ 0x55d] [warning] Packet corrupt (stream = 0, dts = 133200).',
  '[warning] rtsp://10.0.0.2/cam: corrupt decoded frame in stream 0',
  '[vist#0:0/h264 @ 0x55d] [warning] corrupt decoded frame',
  '[error] Error while decoding stream #0:0: Invalid data found when processing input',
  '[vist#0:0/h264 @ 0x55d] [error] Error submitting packet to decoder: Invalid data found when processing input',
];

const OTHERS = [
  '[h264 @ 0x55d] [verbose] Reinit context to 640x368, pix_fmt: yuv420p',
  '[h264 @ 0x55d] [error] SEI type 5 size 2208 truncated at 1944',
  '[h264 @ 0x55d] [error] number of reference frames (0+2) exceeds max (1; probably corrupt input), discarding one',
  '[h264 @ 0x55d] [error] no frame!',
  '[mjpeg @ 0x55d] [error] unable to decode APP fields: Invalid data found when processing input',
  '[mjpeg @ 0x55d] [warning] EOI missing, emulating',
  '[swscaler @ 0x55d] [warning] deprecated pixel format used, make sure you did set range correctly',
  '[tcp @ 0x55d] [error] Connection to tcp://10.0.0.2:554?timeout=0 failed: Connection refused',
  '[rtsp @ 0x55d] [warning] max_interleave_delta reached',
  '[aac @ 0x55d] [error] channel element 1.0 is not allocated',
];

test('what decoders and receivers say of broken pictures is a complaint', () => {
  assert.equal(
    COMPLAINTS.filter((line) => !isComplaint(line)),
    [],
  );
});

test('what they say of careless headers, of sound or of connections is none', () => {
  assert.equal(OTHERS.filter(isComplaint), []);
});

test.run();
