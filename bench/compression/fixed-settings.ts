import { CODERS } from '../../src/media/compression/coders.js';
import type { PictureCoding } from '../../src/media/image.js';
import { codingOf } from './contenders.js';

/** A format and quality that somebody might set once and for all. */
export interface FixedSetting {
  readonly name: string;
  readonly coding: PictureCoding;
}

const upTo = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** As sharp encodes where nothing but quality is set; AVIF with the least effort but one, as its usual one takes seconds. */
const USUAL: readonly FixedSetting[] = [
  ...upTo(74, 90, 2).map((quality) => ({
    name: `JPEG ${quality}`,
    coding: { format: 'jpeg' as const, quality, settings: {} },
  })),
  ...upTo(78, 90, 3).map((quality) => ({
    name: `mozjpeg ${quality}`,
    coding: { format: 'jpeg' as const, quality, settings: { mozjpeg: true } },
  })),
  ...upTo(72, 93, 3).map((quality) => ({
    name: `WebP ${quality}`,
    coding: { format: 'webp' as const, quality, settings: {} },
  })),
  ...upTo(56, 80, 4).map((quality) => ({
    name: `AVIF ${quality}`,
    coding: { format: 'avif' as const, quality, settings: { effort: 1 } },
  })),
];

/** As this program has the encoders set. */
const AS_HERE: readonly FixedSetting[] = [
  ...upTo(74, 92, 3).map((quality) => ({
    name: `WebP as here ${quality}`,
    coding: codingOf(CODERS['webp-4'], quality),
  })),
  ...upTo(52, 76, 4).map((quality) => ({
    name: `AVIF as here ${quality}`,
    coding: codingOf(CODERS['avif-1'], quality),
  })),
];

export const FIXED_SETTINGS: readonly FixedSetting[] = [...USUAL, ...AS_HERE];
