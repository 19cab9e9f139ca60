import { z } from '../../foundation/validate.js';
import { int, text } from '../key-types.js';

/** `capture`: how frames come in, for all cameras. */
export const capture = z.strictObject({
  maxWidth: int(64, 7680, {
    unit: 'px',
    description: 'Wider pictures are scaled down to this width (aspect kept) before they enter the program.',
  }).default(640),
  queueFrames: int(1, 32, {
    unit: 'frames',
    description: 'Frames a live camera may have waiting; the oldest is dropped and counted when another comes.',
  }).default(2),
  stallTimeoutMs: int(500, 120_000, {
    unit: 'ms',
    description: 'No frame for this long means the camera is lost: its reader is killed and restarted.',
  }).default(5000),
  keyFrameTimeoutMs: int(500, 600_000, {
    unit: 'ms',
    description:
      'Data may come for this long without a picture, until a key frame does, before that is a stall; at least stallTimeoutMs.',
  }).default(60_000),
  backoffInitialMs: int(50, 60_000, {
    unit: 'ms',
    description: 'First pause before a lost camera is tried again; doubles each time, with jitter.',
  }).default(500),
  backoffMaxMs: int(100, 600_000, { unit: 'ms', description: 'Longest pause between two tries.' }).default(30_000),
  requestTimeoutMs: int(100, 120_000, {
    unit: 'ms',
    description: 'HTTP snapshot and MJPEG: time allowed to connect and to answer.',
  }).default(5000),
  maxImageBytes: int(10_000, 200_000_000, {
    unit: 'bytes',
    description: 'A larger encoded picture from HTTP or a folder is rejected and counted.',
  }).default(20_000_000),
  ffmpeg: z
    .strictObject({
      path: text({
        description:
          'The ffmpeg to run; EDGE_FFMPEG sets it too. Unset: ffmpeg on PATH, else the bundled build (files only).',
      }).optional(),
      inputArgs: z
        .array(z.string())
        .default([])
        .meta({ description: 'ffmpeg arguments before -i for every camera: hardware decoding of this board.' }),
      rtspTransport: z
        .enum(['tcp', 'udp'])
        .default('tcp')
        .meta({ description: 'How RTP travels for rtsp:// cameras.' }),
      filters: text({
        description: 'Extra ffmpeg video filters before the scaling (e.g. hwdownload,format=nv12).',
      }).optional(),
    })
    .prefault({}),
});
