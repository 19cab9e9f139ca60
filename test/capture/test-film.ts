import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ffmpeg } from './sources.js';

const FPS = 25;

/** H.264 of 25 pictures/s with key frames that are `gop` pictures apart; noise, so that its pictures fill several packets. */
export function testFilm(folder: string, name: string, gop: number, pictures: number): string {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  const picture = `testsrc2=size=320x240:rate=${FPS},noise=alls=12:allf=t`;
  const input = ['-f', 'lavfi', '-i', picture, '-frames:v', String(pictures)];
  const keys = ['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0', '-x264-params', 'aud=1'];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'];
  execFileSync(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...input, ...codec, ...keys, file]);
  return file;
}
