import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipFile } from '../kpi/filmed-clips.js';

/** As the cameras are: frames per second, and their size in pixels. */
export const FPS = 25;
export const SIZE = { width: 640, height: 360 } as const;
/** Busy roads by day, of the filmed clips. */
export const ROADS: readonly string[] = [
  'china_avenue_360',
  'german_junction_360',
  'motorway_two_carriageways_360',
  'uk_motorway_720p',
  'autostrade_tunnel_360',
];
const TIMEOUT_MS = 120_000;
/** Frames from key frame to key frame, at which a film may begin. */
const KEY_FRAMES = FPS;

/** Films of as many cameras as are asked for: each road over and over, every camera from another moment of it on. */
export class Roads {
  readonly #ffmpeg: string;
  readonly #folder: string;
  readonly #clips: readonly string[];
  readonly #frames: number;

  /** @param folder of which a part is taken @param seconds of a film @throws Error with ffmpeg's words where it cannot encode */
  constructor(ffmpeg: string, clips: readonly ClipFile[], folder: string, seconds: number) {
    this.#ffmpeg = ffmpeg;
    this.#folder = join(folder, 'roads');
    this.#frames = seconds * FPS;
    mkdirSync(this.#folder);
    this.#clips = clips.map(({ name, path }) => this.#encoded(name, path));
  }

  /** @param camera from 0 @returns path of its film */
  film(camera: number): string {
    const clip = this.#clips[camera % this.#clips.length]!;
    const turn = Math.floor(camera / this.#clips.length);
    const list = join(this.#folder, `${camera}.txt`);
    const film = join(this.#folder, `${camera}.mkv`);
    const first = `file '${clip}'\ninpoint ${((turn * KEY_FRAMES) / FPS) % 8}\n`;
    // no clip is shorter than a hundred frames
    writeFileSync(list, first + `file '${clip}'\n`.repeat(Math.ceil(this.#frames / 100)));
    const input = ['-f', 'concat', '-safe', '0', '-i', list];
    this.#run([...input, '-map', '0:v:0', '-c', 'copy', '-frames:v', String(this.#frames), film], film);
    return film;
  }

  /** Every picture of a clip, at the cameras' rate and size, as cameras encode. */
  #encoded(name: string, path: string): string {
    const clip = join(this.#folder, `${name}.mp4`);
    const filter = `scale=${SIZE.width}:${SIZE.height},setpts=N/${FPS}/TB`;
    const codec = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '22', '-bf', '0', '-g', String(KEY_FRAMES)];
    this.#run(['-i', path, '-vf', filter, '-r', String(FPS), ...codec, '-pix_fmt', 'yuv420p', '-an', clip], clip);
    return clip;
  }

  #run(args: readonly string[], what: string): void {
    const { status, stderr, error } = spawnSync(this.#ffmpeg, ['-v', 'error', '-y', ...args], {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
    });
    if (status !== 0) throw new Error(`ffmpeg cannot make ${what}: ${error?.message ?? stderr.trim()}`);
  }
}
