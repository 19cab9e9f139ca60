import type { FrameSet, Label, Picture } from '../../src/pictures/frame-set.js';

/** A set of grey pictures, each of one level, with these labels. */
export function greyFrames(
  count: number,
  {
    width = 8,
    height = 4,
    labels = [],
  }: { width?: number; height?: number; labels?: (readonly Label[] | null)[] } = {},
): FrameSet {
  return {
    count,
    read: async (index) => greyPicture(`grey ${index}`, index, width, height),
    labels: async (index) => labels[index] ?? null,
  };
}

/** @param level 0..255 of every byte */
export function greyPicture(id: string, level: number, width = 8, height = 4): Picture {
  return { id, width, height, data: new Uint8Array(width * height * 3).fill(level) };
}
