import { COMPRESSED_FORMATS, type CompressedFormat, EFFORTS, type Effort } from './wish.js';

/** A way to encode: a format, and how hard its encoder tries. */
export type CoderName = (typeof CODER_NAMES)[number];
export const CODER_NAMES = ['jpeg', 'jpeg-trellis', 'webp-0', 'webp-2', 'webp-4', 'avif-0', 'avif-1'] as const;

/** Settings of sharp's encoders besides quality. */
export interface Coder {
  readonly name: CoderName;
  readonly format: CompressedFormat;
  readonly settings: {
    readonly effort?: number;
    readonly chromaSubsampling?: '4:2:0';
    readonly trellisQuantisation?: boolean;
    readonly quantisationTable?: number;
  };
}

/** By their name, from the cheapest of each format. */
export const CODERS: Readonly<Record<CoderName, Coder>> = {
  jpeg: { name: 'jpeg', format: 'jpeg', settings: {} },
  'jpeg-trellis': {
    name: 'jpeg-trellis',
    format: 'jpeg',
    settings: { trellisQuantisation: true, quantisationTable: 3 },
  },
  'webp-0': { name: 'webp-0', format: 'webp', settings: { effort: 0 } },
  'webp-2': { name: 'webp-2', format: 'webp', settings: { effort: 2 } },
  'webp-4': { name: 'webp-4', format: 'webp', settings: { effort: 4 } },
  'avif-0': { name: 'avif-0', format: 'avif', settings: { effort: 0, chromaSubsampling: '4:2:0' } },
  'avif-1': { name: 'avif-1', format: 'avif', settings: { effort: 1, chromaSubsampling: '4:2:0' } },
};

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
