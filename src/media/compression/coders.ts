import type { Rounding } from './coarseness.js';
import { COMPRESSED_FORMATS, type CompressedFormat, EFFORTS, type Effort } from './wish.js';

/** A way to encode: a format, and how hard its encoder tries. */
export type CoderName = (typeof CODER_NAMES)[number];
const CODER_NAMES = ['jpeg', 'jpeg-trellis', 'webp-0', 'webp-2', 'webp-4', 'avif-0', 'avif-1'] as const;

/** A coder: how sharp is told to encode, and what is known beforehand of what comes of it. */
export interface Coder {
  readonly name: CoderName;
  readonly format: CompressedFormat;
  /** Of sharp's encoder, besides quality. */
  readonly settings: {
    readonly effort?: number;
    readonly chromaSubsampling?: '4:2:0';
    readonly tune?: 'psnr';
    readonly preset?: 'icon';
    readonly trellisQuantisation?: boolean;
    readonly quantisationTable?: number;
  };
  readonly rounding: Rounding;
  /** Its qualities, ascending, each with the natural logarithm of the coarseness that does as much to a picture. */
  readonly scale: readonly (readonly [quality: number, logCoarseness: number])[];
  /** The logarithm of the bits that a block takes, of that of the bits of its detail: offset and slope. */
  readonly bits: readonly [offset: number, slope: number];
  /** Bytes of a file besides those of its blocks. */
  readonly headerBytes: number;
}

/*
 * Scales and bits are medians over 26 roadside, dashcam and street pictures scaled to a width of 448 px; what pictures of one camera
 * differ from them by is learned. A vehicle is to look as it looked: WebP's shaping of noise and AVIF's tuning for the eye, which move
 * bits away from detail, are off (preset icon, tune psnr).
 */
const JPEG_SCALE = [
  [10, 1.67],
  [25, 0.79],
  [45, 0.23],
  [65, -0.23],
  [80, -0.76],
  [90, -1.41],
] as const;
const TRELLIS_SCALE = [
  [10, 2.14],
  [25, 1.26],
  [45, 0.62],
  [65, 0.12],
  [80, -0.45],
  [90, -1.14],
] as const;
const WEBP_SCALE = [
  [5, 1.36],
  [20, 0.88],
  [40, 0.5],
  [60, 0.25],
  [75, 0.06],
  [88, -0.57],
] as const;
const AVIF_0_SCALE = [
  [12, 1.78],
  [25, 1.34],
  [38, 0.85],
  [50, 0.37],
  [62, -0.09],
  [75, -0.46],
  [85, -0.91],
] as const;
const AVIF_1_SCALE = [
  [12, 1.71],
  [25, 1.22],
  [38, 0.75],
  [50, 0.32],
  [62, -0.14],
  [75, -0.49],
  [85, -0.93],
] as const;
const JPEG = { format: 'jpeg', rounding: 'graded', headerBytes: 600 } as const;
const WEBP = { format: 'webp', rounding: 'even', scale: WEBP_SCALE, headerBytes: 80 } as const;
const AVIF = { format: 'avif', rounding: 'even', headerBytes: 350 } as const;
const AVIF_SETTINGS = { chromaSubsampling: '4:2:0', tune: 'psnr' } as const;

/** By their name, from the cheapest of each format. */
export const CODERS: Readonly<Record<CoderName, Coder>> = {
  jpeg: { ...JPEG, name: 'jpeg', settings: {}, scale: JPEG_SCALE, bits: [1.475, 0.864] },
  'jpeg-trellis': {
    ...JPEG,
    name: 'jpeg-trellis',
    settings: { trellisQuantisation: true, quantisationTable: 3 },
    scale: TRELLIS_SCALE,
    bits: [1.493, 0.854],
  },
  'webp-0': { ...WEBP, name: 'webp-0', settings: { effort: 0, preset: 'icon' }, bits: [1.645, 0.883] },
  'webp-2': { ...WEBP, name: 'webp-2', settings: { effort: 2, preset: 'icon' }, bits: [1.43, 0.873] },
  'webp-4': { ...WEBP, name: 'webp-4', settings: { effort: 4, preset: 'icon' }, bits: [1.364, 0.847] },
  'avif-0': {
    ...AVIF,
    name: 'avif-0',
    settings: { ...AVIF_SETTINGS, effort: 0 },
    scale: AVIF_0_SCALE,
    bits: [1.086, 0.927],
  },
  'avif-1': {
    ...AVIF,
    name: 'avif-1',
    settings: { ...AVIF_SETTINGS, effort: 1 },
    scale: AVIF_1_SCALE,
    bits: [1.003, 0.925],
  },
};

/** The natural logarithm of the coarseness of a quality of a coder, 1..100: beyond its scale as steep as at the end of it. */
export function logCoarsenessOf({ scale }: Coder, quality: number): number {
  const last = scale.length - 1;
  const above = scale.findIndex(([at]) => at >= quality);
  const after = above < 0 ? last : Math.max(1, above);
  const [[q0, c0], [q1, c1]] = [scale[after - 1]!, scale[after]!];
  return c0 + ((quality - q0) / (q1 - q0)) * (c1 - c0);
}

/** What each effort may use of each format: AVIF costs too much for the lesser ones. */
const BY_EFFORT: Readonly<Record<Effort, Readonly<Record<CompressedFormat, CoderName | null>>>> = {
  0: { jpeg: 'jpeg', webp: 'webp-0', avif: null },
  1: { jpeg: 'jpeg', webp: 'webp-2', avif: null },
  2: { jpeg: 'jpeg-trellis', webp: 'webp-4', avif: 'avif-0' },
  3: { jpeg: 'jpeg-trellis', webp: 'webp-4', avif: 'avif-1' },
};

/** The coders for some formats at an effort; where none of the formats may be had for so little, that of the least effort that has one. */
export function codersFor(formats: readonly CompressedFormat[], effort: Effort): readonly Coder[] {
  for (const allowed of EFFORTS.slice(effort)) {
    const names = COMPRESSED_FORMATS.filter((format) => formats.includes(format)).flatMap(
      (format) => BY_EFFORT[allowed][format] ?? [],
    );
    if (names.length > 0) return names.map((name) => CODERS[name]);
  }
  return [];
}
