import { spawnSync } from 'node:child_process';

/** What ffmpeg says of a clip: pixels, and frames per second. */
export interface ClipInfo {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** @throws Error where ffmpeg finds no picture in it */
export function clipInfo(ffmpeg: string, clip: string): ClipInfo {
  // without an output file it describes the input on stderr and ends with an error
  const { stderr } = spawnSync(ffmpeg, ['-hide_banner', '-i', clip], { encoding: 'utf8', timeout: 20_000 });
  const video = /Video:.*/.exec(stderr ?? '')?.[0] ?? '';
  const [, width, height] = /, (\d+)x(\d+)/.exec(video) ?? [];
  const [, fps] = /([\d.]+) fps/.exec(video) ?? [];
  if (!width || !height || !fps) throw new Error(`${ffmpeg} finds no video in ${clip}`);
  return { width: Number(width), height: Number(height), fps: Number(fps) };
}
