import { BlockBackground } from '../../src/answer/scene/block-background.js';
import { coverBlocks } from '../../src/answer/scene/block-mask.js';
import { BLOCKS, emptySignature, type Signature } from '../../src/answer/scene/grid.js';
import { SignatureReader } from '../../src/answer/scene/signature.js';
import type { Detections } from '../../src/frame/detections.js';
import type { Road } from '../../src/simulator/road.js';
import { simulatedRoad } from './roads.js';

export const WIDTH = 640;
export const HEIGHT = 360;
const reader = new SignatureReader(WIDTH, HEIGHT);

export function simulated(options: string): Road {
  return simulatedRoad(`sim://road?seed=3&width=${WIDTH}&height=${HEIGHT}&${options}`);
}

/** The pixels of a frame of a simulated road. */
export function pixelsOf(road: Road, index: number): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  road.render(index, pixels);
  return pixels;
}

export function signatureOf(pixels: Uint8Array): Signature {
  const signature = emptySignature();
  reader.read(pixels, signature);
  return signature;
}

/** A copy of a picture with every value changed by position. */
export function changed(pixels: Uint8Array, value: (was: number, x: number, y: number) => number): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let p = 0; p < WIDTH * HEIGHT; p++) {
    for (let c = 0; c < 3; c++) {
      const v = value(pixels[p * 3 + c]!, p % WIDTH, Math.floor(p / WIDTH));
      out[p * 3 + c] = Math.min(255, Math.max(0, Math.round(v)));
    }
  }
  return out;
}

/** A copy with a filled box. */
export function withBox(pixels: Uint8Array, box: readonly number[], level: number): Uint8Array {
  const [x1, y1, x2, y2] = box as [number, number, number, number];
  return changed(pixels, (was, x, y) => (x >= x1 && x < x2 && y >= y1 && y < y2 ? level : was));
}

export function boxes(...rows: readonly (readonly [number, number, number, number])[]): Detections {
  return { count: rows.length, data: Float32Array.from(rows.flatMap((row) => [...row, 0.9, 0])) };
}

/** A background on the scene's clock, 10 pictures a second. */
export class Watcher {
  readonly background: BlockBackground;
  readonly marks = new Uint8Array(BLOCKS);
  readonly #covered = new Uint8Array(BLOCKS);
  sceneMs = 0;

  constructor(masked: Uint8Array = new Uint8Array(BLOCKS), doubtMs = 300) {
    this.background = new BlockBackground(masked, doubtMs);
  }

  /** Blocks that changed; then learns from the picture, in which the vehicles are as given. */
  see(signature: Signature, vehicles: Detections = boxes(), inferred = false): number {
    this.sceneMs += 100;
    const count = this.background.changes(signature, this.sceneMs, this.marks);
    this.#covered.fill(0);
    coverBlocks(vehicles, WIDTH, HEIGHT, 0, this.#covered);
    this.background.learn(signature, this.sceneMs, this.#covered, inferred);
    return count;
  }
}
