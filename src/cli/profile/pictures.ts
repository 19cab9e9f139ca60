import { Letterbox } from '../../detect/letterbox.js';
import type { Variant } from '../../models/manifest.js';
import { parseSimulatorUrl } from '../../simulator/options.js';
import { Road } from '../../simulator/road.js';

/** Size of the frames. */
const FRAME = { width: 640, height: 360 };

/** A few frames of busy traffic, so that decoding and NMS have their usual work; grey where a signal came first. */
export async function roadFrames(signal: AbortSignal): Promise<Uint8Array[]> {
  const road = await Road.open(parseSimulatorUrl('sim://road?seed=5&traffic=rush'), signal);
  const frames = Array.from({ length: 4 }, () => new Uint8Array(FRAME.width * FRAME.height * 3).fill(114));
  for (const [i, frame] of frames.entries()) road?.render(i * 50, frame);
  return frames;
}

/** The frames as a variant's input wants them. */
export function letterboxed(frames: readonly Uint8Array[], { width, height }: Variant): Uint8Array[] {
  const letterbox = new Letterbox(FRAME.width, FRAME.height, width, height);
  return frames.map((frame) => {
    const picture = new Uint8Array(width * height * 3);
    letterbox.apply(frame, picture);
    return picture;
  });
}
