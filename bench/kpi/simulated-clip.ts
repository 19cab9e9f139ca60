import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseSimulatorUrl, TRAFFIC_LEVELS, type TrafficLevel } from '../../src/simulator/options.js';
import { Road, type Truth } from '../../src/simulator/road.js';
import { OptionError } from '../harness/options.js';
import type { Bench, Case } from './case.js';

const SECONDS = 20;
/** As much is lost as in a camera's own H.264 of this size: about 1.5 Mbit/s, with most of the sensor's noise left. */
const QUALITY = '16';

/** One seed for each kind of traffic: another road, pole and weather. */
const SEEDS: Readonly<Record<TrafficLevel, number>> = { empty: 404, light: 411, mixed: 422, rush: 433, night: 444 };

/** @throws OptionError naming the kinds of traffic for a name that is none of them */
export function trafficOf(option: string, name: string): TrafficLevel {
  const traffic = TRAFFIC_LEVELS.find((one) => one === name);
  if (traffic) return traffic;
  throw new OptionError(`--${option}: expected some of ${TRAFFIC_LEVELS.join(', ')}, got ${name}`);
}

/**
 * Films the simulated road, so that every contender reads it from a file as it does the other clips, and keeps the truth
 * of each frame.
 *
 * @throws Error with ffmpeg's words where it cannot encode
 */
export async function simulatedCase(traffic: TrafficLevel, { ffmpeg, scratch, maxFrames }: Bench): Promise<Case> {
  const road = new Road(parseSimulatorUrl(`sim://road?seed=${SEEDS[traffic]}&traffic=${traffic}`));
  const name = `sim-${traffic}`;
  const clip = join(scratch, `${name}.mp4`);
  const frames = Math.min(maxFrames ?? Infinity, Math.round(SECONDS * road.fps));
  await filmRoad(road, frames, ffmpeg.path, clip);
  const truth: Truth[] = Array.from({ length: frames }, (_, index) => road.truth(index));
  return { name, clip, width: road.width, height: road.height, fps: road.fps, truth };
}

/** Frames of a simulated road as an H.264 file. @throws Error with ffmpeg's words where it cannot encode */
export async function filmRoad(road: Road, frames: number, ffmpeg: string, clip: string): Promise<void> {
  const { width, height, fps } = road;
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', '-'];
  const output = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', QUALITY, '-pix_fmt', 'yuv420p', clip];
  const child = spawn(ffmpeg, ['-v', 'error', '-y', ...input, ...output], { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  child.stdin.on('error', () => undefined); // ffmpeg's exit code says more than the broken pipe
  const ended = once(child, 'close') as Promise<[number | null]>;
  for (let index = 0; index < frames && child.exitCode === null; index++) {
    const picture = new Uint8Array(width * height * 3);
    road.render(index, picture);
    if (!child.stdin.write(picture)) await Promise.race([once(child.stdin, 'drain'), ended]);
  }
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg cannot encode the simulated camera: ${words.trim()}`);
}
