import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** `--source` and a clip for ffmpeg to read, or nothing where there is no ffmpeg to make one. */
export function clip(folder: string): string[] {
  const file = join(folder, 'clip.mp4');
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=20'];
  const { status } = spawnSync('ffmpeg', ['-v', 'error', ...picture, '-pix_fmt', 'yuv420p', file]);
  return status === 0 ? ['--source', file] : [];
}
