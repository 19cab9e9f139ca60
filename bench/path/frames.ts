import { spawn } from 'node:child_process';
import { type FfmpegTask, ffmpegArguments, PICTURE_FD } from '../../src/capture/ffmpeg-arguments.js';
import { type FfmpegBinary, findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { openSource } from '../../src/capture/open-source.js';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import type { Frame } from '../../src/frame/frame.js';
import { OwnedFrame } from '../../src/frame/owned-frame.js';
import { decodeImage } from '../../src/media/image.js';

/** A noon for the clock that a film does not have. */
const NOON = Date.UTC(2025, 5, 2, 12);

/**
 * The first frames of a film as the program reads them; each is released when the next one is asked for. They were captured as far apart
 * as they were filmed, however fast they are read: what is measured of answers fades by that clock.
 */
export async function* framesOfProgram(file: string, most: number): AsyncGenerator<Frame> {
  const { cameras, capture } = configSchema.parse({ cameras: [{ id: 'film', url: file, pace: 'fast', loop: false }] });
  const source = openSource({ camera: cameras[0]!, capture, log: silentLog, decodeImage });
  await source.start();
  try {
    let taken = 0;
    for await (const read of source.frames()) {
      const frame = asFilmed(read);
      yield frame;
      frame.release();
      if (++taken === most) break;
    }
  } finally {
    await source.stop();
  }
}

function asFilmed(frame: Frame): Frame {
  const { camera, seq, arrivedAt, sceneMs, width, height, sourceWidth, sourceHeight, damaged, yuv, data } = frame;
  const size = { width, height, sourceWidth, sourceHeight };
  const at = { seq, capturedAt: NOON + sceneMs, arrivedAt, sceneMs };
  return new OwnedFrame({ camera, ...at, ...size, damaged, yuv, data }, () => frame.release());
}

/** The same frames in RGB24 as ffmpeg converts them, with the same filters before that. @param like the first frame of the program */
export async function* framesOfFfmpeg(file: string, like: Frame, sceneMs: readonly number[]): AsyncGenerator<Frame> {
  const { width, height } = like;
  const bytes = width * height * 3;
  let seq = 0;
  for await (const data of pictures(file, bytes)) {
    const { camera, sourceWidth, sourceHeight } = like;
    const at = { seq, capturedAt: like.capturedAt + sceneMs[seq]! - sceneMs[0]!, arrivedAt: 0, sceneMs: sceneMs[seq]! };
    yield { camera, ...at, width, height, sourceWidth, sourceHeight, damaged: false, data, release: () => undefined };
    if (++seq === sceneMs.length) break;
  }
}

async function* pictures(file: string, bytes: number): AsyncGenerator<Uint8Array> {
  const { capture } = configSchema.parse({});
  const binary: FfmpegBinary = await findFfmpeg({ env: process.env });
  const task: FfmpegTask = {
    url: file,
    live: false,
    realtime: false,
    loop: false,
    maxFps: 0,
    maxWidth: capture.maxWidth,
    inputArgs: [],
    rtspTransport: 'tcp',
  };
  const args = ffmpegArguments(task, binary).map((arg) =>
    arg === 'yuv4mpegpipe' ? 'rawvideo' : arg.replace('format=yuv420p|yuvj420p', 'format=rgb24'),
  );
  const child = spawn(binary.path, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  try {
    let picture = Buffer.allocUnsafe(bytes);
    let filled = 0;
    for await (const chunk of child.stdio[PICTURE_FD] as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(picture, filled, at, Math.min(chunk.length, at + bytes - filled));
        filled += copied;
        at += copied;
        if (filled < bytes) continue;
        yield picture;
        picture = Buffer.allocUnsafe(bytes);
        filled = 0;
      }
    }
  } finally {
    child.kill('SIGKILL');
  }
}
