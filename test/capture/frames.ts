import type { Frame } from '../../src/frame/frame.js';

/** A tiny frame that tells how often it was released. */
export function testFrame(seq: number): Frame & { released: number } {
  return {
    camera: 'cam1',
    seq,
    capturedAt: 0,
    arrivedAt: 0,
    sceneMs: 0,
    width: 2,
    height: 1,
    sourceWidth: 2,
    sourceHeight: 1,
    damaged: false,
    data: new Uint8Array(6),
    released: 0,
    release() {
      this.released++;
    },
  };
}

/** Reads `count` frames (or all that come before the end) and releases them. */
export async function takeFrames(frames: AsyncIterable<Frame>, count: number): Promise<Frame[]> {
  const taken: Frame[] = [];
  const iterator = frames[Symbol.asyncIterator]();
  while (taken.length < count) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
    next.value.release();
  }
  return taken;
}
