import type { Detector } from '../detect/detector.js';
import { PADDING } from '../detect/letterbox.js';
import { lossCause } from '../frame/loss-cause.js';
import type { Serving } from './picture-batch.js';

/** Times that each size is tried: the first time at a size may still be slow. */
const TIMES = 3;
/** A batch that takes longer than this, ms, is nothing for cameras: larger ones are not tried. */
const LONGEST_MS = 500;

/** ms that a worker takes for grey pictures; null where it does not answer. */
export async function timeGrey(detector: Detector, serving: Serving, size: number): Promise<number | null> {
  return (await tryOnce(detector, serving, size)).ms;
}

/**
 * Tries a worker with grey pictures in every size that it was loaded for, before it is given any that somebody waits for.
 * @param tried told what each try took
 * @returns the sizes that are of use; at least the smallest
 */
export async function measureSizes(
  detector: Detector,
  serving: Serving,
  tried: (size: number, ms: number) => void,
): Promise<readonly number[]> {
  const sizes = [...(serving.batchSizes ?? [1])].sort((a, b) => a - b);
  const useful: number[] = [];
  for (const size of sizes) {
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const { ms, isRefused } = await tryOnce(detector, serving, size);
      // refused: too much for its memory, for instance; larger ones will be as well
      if (isRefused && useful.length > 0) return useful;
      if (ms === null) return useful.length > 0 ? useful : sizes.slice(0, 1);
      times.push(ms);
    }
    const least = Math.min(...times);
    tried(size, least);
    useful.push(size);
    if (least > LONGEST_MS) break;
  }
  return useful;
}

async function tryOnce(
  detector: Detector,
  { inputWidth: width, inputHeight: height }: Serving,
  size: number,
): Promise<{ readonly ms: number | null; readonly isRefused: boolean }> {
  const grey = { width, height, data: new Uint8Array(width * height * 3).fill(PADDING) };
  const began = performance.now();
  try {
    await detector.detect(Array.from({ length: size }, () => grey));
    return { ms: performance.now() - began, isRefused: false };
  } catch (error) {
    return { ms: null, isRefused: lossCause(error) === 'refused' };
  }
}
