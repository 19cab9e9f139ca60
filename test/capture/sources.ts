import { execFileSync } from 'node:child_process';
import { type FfmpegBinary, findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { openSource } from '../../src/capture/open-source.js';
import type { Source } from '../../src/capture/source.js';
import { type CameraConfig, type CaptureConfig, configSchema } from '../../src/config/config.js';
import { type Log, silentLog } from '../../src/foundation/log.js';
import { decodeImage } from '../../src/media/image.js';

/** The machine's ffmpeg, or the bundled one. */
export const ffmpeg: FfmpegBinary = await findFfmpeg({ env: process.env });

/** Makes a clip of ffmpeg's test picture. */
export function makeClip(
  file: string,
  { size = '320x240', fps = 10, seconds = 2, args = [] as string[] } = {},
): string {
  const input = ['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=${fps}`, '-t', String(seconds)];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(fps), '-bf', '0', '-pix_fmt', 'yuv420p'];
  execFileSync(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...input, ...codec, ...args, file]);
  return file;
}

/** Opens a camera as the program would, with short pauses. */
export function openCamera(
  camera: Partial<CameraConfig> & { url: string },
  capture: Partial<CaptureConfig> = {},
  { log = silentLog, env = process.env }: { log?: Log; env?: NodeJS.ProcessEnv } = {},
): Source {
  const short = { backoffInitialMs: 50, backoffMaxMs: 100, requestTimeoutMs: 2000 };
  const config = configSchema.parse({ cameras: [{ id: 'cam1', ...camera }], capture: { ...short, ...capture } });
  return openSource({ camera: config.cameras[0]!, capture: config.capture, log, decodeImage, env });
}
