import { outputOf } from '../harness/output-of.js';
import type { Bench, Case } from './case.js';

/** Longer than a clip lasts. */
const TIMEOUT_MS = 180_000;
/** Starting up is no part of what a frame costs. */
const SETTLING_S = 1;

/** What ffmpeg took for some frames. */
interface Decoded {
  readonly frames: number;
  readonly cpuSeconds: number;
}

/**
 * CPU seconds that ffmpeg takes to decode 1000 frames of a clip at its own rate and to do nothing with them, after the first second: the
 * least that anybody pays who looks at it.
 *
 * @param frames at most; null takes all
 * @returns null where the clip has no frames behind the first second
 * @throws Error with ffmpeg's words where it cannot decode
 */
export async function decodingCpuPer1000(
  { ffmpeg }: Pick<Bench, 'ffmpeg'>,
  { clip, fps }: Pick<Case, 'clip' | 'fps'>,
  frames: number | null,
): Promise<number | null> {
  const all = await decode(ffmpeg.path, clip, frames);
  const start = await decode(ffmpeg.path, clip, Math.ceil(fps * SETTLING_S));
  const later = all.frames - start.frames;
  return later <= 0 ? null : (Math.max(0, all.cpuSeconds - start.cpuSeconds) / later) * 1000;
}

async function decode(ffmpeg: string, clip: string, frames: number | null): Promise<Decoded> {
  const limit = frames === null ? [] : ['-frames:v', String(frames)];
  const args = ['-nostdin', '-nostats', '-benchmark', '-progress', 'pipe:1', '-re', '-i', clip, '-map', '0:v:0', '-an'];
  const { stdout, stderr } = await outputOf([ffmpeg, ...args, ...limit, '-f', 'null', '-'], TIMEOUT_MS);
  return decodedOf(stdout, stderr);
}

/** @param progress of `-progress` @param log of `-benchmark` @throws Error where they do not tell */
export function decodedOf(progress: string, log: string): Decoded {
  const counts = [...progress.matchAll(/^frame=\s*(\d+)$/gm)];
  const times = /^bench: utime=([\d.]+)s stime=([\d.]+)s/m.exec(log);
  if (counts.length === 0 || times === null) {
    throw new Error(`ffmpeg does not say what decoding took: ${log.trim().split('\n').at(-1) ?? ''}`);
  }
  return { frames: Number(counts.at(-1)![1]), cpuSeconds: Number(times[1]) + Number(times[2]) };
}
