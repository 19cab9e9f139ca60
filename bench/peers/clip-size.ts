import { spawnSync } from 'node:child_process';

/** What ffmpeg says of a clip: pixels, and frames per second. */
export interface ClipInfo {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** ffmpeg's name of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
}

/** @throws Error where ffmpeg finds no video in it */
export function clipInfo(ffmpeg: string, clip: string): ClipInfo {
  const info = probeClip(ffmpeg, clip);
  if (!info) throw new Error(`${ffmpeg} finds no video in ${clip}`);
  return info;
}

/** null: ffmpeg finds no video in it. */
export function probeClip(ffmpeg: string, clip: string): ClipInfo | null {
  // without an output file it describes the input on stderr and ends with an error
  const { stderr } = spawnSync(ffmpeg, ['-hide_banner', '-i', clip], { encoding: 'utf8', timeout: 20_000 });
  const [, format = ''] = /^Input #0, (.*), from /m.exec(stderr ?? '') ?? [];
  const video = /Video:.*/.exec(stderr ?? '')?.[0] ?? '';
  const [, width, height] = /, (\d+)x(\d+)/.exec(video) ?? [];
  const [, fps] = /([\d.]+) fps/.exec(video) ?? [];
  if (!width || !height || !fps) return null;
  return { width: Number(width), height: Number(height), fps: Number(fps), format };
}
