import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { configSchema } from '../../src/config/config.js';
import { Letterbox } from '../../src/detect/letterbox.js';
import { openSession, type Session } from '../../src/detect/worker/session.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Region } from '../../src/media/compression/wish.js';
import type { Rgb } from '../../src/media/picture-light.js';
import { buildLoadRequest } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import type { ClipFile } from '../kpi/filmed-clips.js';

/** A frame of a clip with its vehicles. */
export interface ClipPicture {
  readonly picture: Rgb;
  /** Vehicles that the detector found, pixels of the picture. */
  readonly regions: readonly Region[];
}

const MODEL = 'roadside-n';
/** Columns of a row of the detector. */
const ROW = 6;
/** car, truck, bus, motorcycle. */
const VEHICLE_CLASSES = 4;

/** Finds vehicles in pictures. */
export class VehicleFinder {
  readonly #session: Session;
  /** px */
  readonly #input: { readonly width: number; readonly height: number };

  private constructor(session: Session, input: { readonly width: number; readonly height: number }) {
    this.#session = session;
    this.#input = input;
  }

  static async open(): Promise<VehicleFinder> {
    const config = configSchema.parse({ model: { name: MODEL } });
    const registry = await ModelRegistry.open(join(PROJECT_ROOT, config.model.dir));
    const request = buildLoadRequest(await registry.find(MODEL, 'default'), config.model, config.detector);
    const session = await openSession(request, (text) => process.stderr.write(`${text}\n`));
    return new VehicleFinder(session, request.input);
  }

  async vehiclesIn({ data, width, height }: Rgb): Promise<Region[]> {
    const { rows } = this.#session;
    const letterbox = new Letterbox(width, height, this.#input.width, this.#input.height);
    const input = new Uint8Array(this.#input.width * this.#input.height * 3);
    letterbox.apply(data, input);
    const count = await this.#session.detect(1, input);
    letterbox.unmap(rows, count, width, height);
    return Array.from({ length: count }, (_, row) => rows.subarray(row * ROW, (row + 1) * ROW))
      .filter((row) => row[ROW - 1]! < VEHICLE_CLASSES)
      .map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]): Region => [x1, y1, x2, y2]);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Frames of a clip, evenly over it, in order.
 *
 * @throws Error with ffmpeg's words where it cannot read the clip
 */
export async function* framesOf(ffmpeg: string, clip: ClipFile, count: number): AsyncGenerator<Rgb> {
  const { path, width, height, fps } = clip;
  const seconds = await secondsOf(ffmpeg, path, fps);
  const filter = `fps=${count / seconds}`;
  const child = spawn(ffmpeg, [
    ...['-v', 'error', '-nostdin', '-i', path, '-vf', filter, '-frames:v', String(count)],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
  ]);
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const bytes = width * height * 3;
  let rest = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.length >= bytes; rest = rest.subarray(bytes)) {
      yield { data: Uint8Array.from(rest.subarray(0, bytes)), width, height };
    }
  }
  if (complaint !== '') throw new Error(`ffmpeg cannot read ${path}: ${complaint.trim()}`);
}

/** By its number of frames: some containers tell no length. */
async function secondsOf(ffmpeg: string, path: string, fps: number): Promise<number> {
  const child = spawn(ffmpeg, ['-nostdin', '-i', path, '-map', '0:v:0', '-c', 'copy', '-f', 'null', '-']);
  let said = '';
  for await (const text of child.stderr as AsyncIterable<Buffer>) said += text.toString();
  const frames = Number([...said.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1] ?? 0);
  if (frames === 0) throw new Error(`ffmpeg finds no frames in ${path}`);
  return frames / fps;
}
