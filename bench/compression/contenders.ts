import { CODERS, type Coder, type CoderName } from '../../src/media/compression/coders.js';
import { Compressor } from '../../src/media/compression/compressor.js';
import { likenessOf } from '../../src/media/compression/likeness.js';
import type { CompressionWish } from '../../src/media/compression/wish.js';
import { decodeOwn, encodePicture, type PictureCoding } from '../../src/media/image.js';
import type { ClipPicture } from './clip-pictures.js';

/** What a contender made of a picture. */
export interface Made {
  readonly bytes: number;
  /** Of the vehicles, measured. */
  readonly likeness: number;
  readonly encodes: number;
  /** Until it was done, its own measurements included. */
  readonly ms: number;
}

/** What a picture is to be: as alike as it was at quality 80 of JPEG, or of so many bytes at most. */
export interface Task {
  readonly likeness: number;
  readonly maxBytes: number;
}

/** Makes one picture of a clip after the other; a new one for each clip. */
export type Contender = (picture: ClipPicture, task: Task) => Promise<Made>;

/** This program's, as a camera would have it. */
export function ours(wish: Omit<CompressionWish, 'likeness' | 'maxBytes' | 'regions'>, by: keyof Task): Contender {
  const compressor = new Compressor();
  return async ({ picture, regions }, task) => {
    const begun = performance.now();
    const { bytes, encodes } = await compressor.compress('clip', picture, { ...wish, regions, [by]: task[by] });
    const ms = performance.now() - begun;
    return { bytes: bytes.length, likeness: likenessOf(picture, await decodeOwn(bytes), regions), encodes, ms };
  };
}

/** Encodes once, whatever the picture. */
export function fixed(coding: PictureCoding): Contender {
  return async ({ picture, regions }) => {
    const begun = performance.now();
    const bytes = await encodePicture(picture, coding);
    const ms = performance.now() - begun;
    return { bytes: bytes.length, likeness: likenessOf(picture, await decodeOwn(bytes), regions), encodes: 1, ms };
  };
}

/** Halves the range of qualities until one is left: the least that is as alike, or the highest that fits. */
export function search(name: CoderName, by: keyof Task): Contender {
  return async ({ picture, regions }, task) => {
    const begun = performance.now();
    let [low, high, encodes] = [1, 100, 0];
    let best: Omit<Made, 'ms' | 'encodes'> | null = null;
    while (low <= high) {
      const quality = (low + high) >> 1;
      const bytes = await encodePicture(picture, codingOf(CODERS[name], quality));
      encodes++;
      const likeness = likenessOf(picture, await decodeOwn(bytes), regions);
      const does = by === 'likeness' ? likeness >= task.likeness : bytes.length <= task.maxBytes;
      if (does) best = { bytes: bytes.length, likeness };
      if (does === (by === 'likeness')) high = quality - 1;
      else low = quality + 1;
    }
    return { ...(best ?? { bytes: Number.NaN, likeness: Number.NaN }), encodes, ms: performance.now() - begun };
  };
}

/** One quality after the other until it fits, as the command `snapshot` once did. */
export function ladder(qualities: readonly number[]): Contender {
  return async ({ picture, regions }, { maxBytes }) => {
    const begun = performance.now();
    for (const [index, quality] of qualities.entries()) {
      const bytes = await encodePicture(picture, codingOf(CODERS.jpeg, quality));
      if (bytes.length > maxBytes && index < qualities.length - 1) continue;
      const ms = performance.now() - begun;
      return {
        bytes: bytes.length,
        likeness: likenessOf(picture, await decodeOwn(bytes), regions),
        encodes: index + 1,
        ms,
      };
    }
    throw new RangeError('qualities: expected at least one');
  };
}

export function codingOf({ format, settings }: Coder, quality: number): PictureCoding {
  return { format, quality, settings };
}
