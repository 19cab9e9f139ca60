// What the two Node contenders share around their detector: arguments, frames from ffmpeg, and the results file.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const string = { type: 'string' };

/** The arguments that the benchmark gives to every contender. */
export function options() {
  const { values } = parseArgs({
    options: {
      clip: string,
      model: string,
      frames: string,
      pace: string,
      broker: string,
      results: string,
      ffmpeg: string,
      width: string,
      height: string,
    },
  });
  return { ...values, frames: Number(values.frames), width: Number(values.width), height: Number(values.height) };
}

/** Unix ms, with fractions. */
export const now = () => performance.timeOrigin + performance.now();

/**
 * The clip as raw RGB24 frames from an ffmpeg child: as fast as they are taken, or at the clip's own rate.
 *
 * @param given.filters ffmpeg arguments that make the pictures `width` x `height`, where the clip is not
 * @param given.timing ffmpeg arguments that say which pictures are put out; its own default without
 */
export async function* frames({ ffmpeg, clip, frames: count, pace, width, height, filters = [], timing = [] }) {
  const rate = pace === 'realtime' ? ['-re'] : [];
  const output = [...timing, '-frames:v', String(count), '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  const child = spawn(ffmpeg, ['-v', 'error', ...rate, '-i', clip, ...filters, ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const size = width * height * 3;
  let pixels = Buffer.allocUnsafe(size);
  let filled = 0;
  let seq = 0;
  for await (const chunk of child.stdout) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(pixels, filled, at);
      at += taken;
      filled += taken;
      if (filled < size) continue;
      yield { seq: seq++, capturedAt: now(), pixels };
      pixels = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
}

/** One line per frame, kept until the end so that the disk takes no part in the measurement. */
export class Results {
  #lines = [];

  /** @returns the line, for publishing */
  add({ seq, capturedAt }, detections) {
    const line = JSON.stringify({ seq, capturedAt, latencyMs: now() - capturedAt, detections });
    this.#lines.push(line);
    return line;
  }

  save(file) {
    writeFileSync(file, `${this.#lines.join('\n')}\n`);
  }
}
