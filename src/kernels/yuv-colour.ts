/**
 * I420: a plane of luma, then one of U and one of V with a value per 2 × 2 pixels; width and height are even. What its numbers mean is the
 * camera's choice: the matrix (BT.601 or BT.709), and whether black is 16 and white 235, or 0 and 255 (`full`).
 */
export const YUV_FORMATS = ['i420-bt601', 'i420-bt601-full', 'i420-bt709', 'i420-bt709-full'] as const;
export type YuvFormat = (typeof YUV_FORMATS)[number];

/** How such numbers become red, green and blue, with 128 taken from U and V before. Factors in 32768ths. */
export interface YuvColour {
  /** Luma of black. */
  readonly black: number;
  /** What luma is multiplied with, less 1. */
  readonly lumaGain: number;
  /** V in red, less 1. */
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  /** U in blue, less 2. */
  readonly blueU: number;
}

const ONE = 32_768;

function colour(gain: number, redV: number, greenU: number, greenV: number, blueU: number): YuvColour {
  const whole = (factor: number) => Math.round(factor * ONE);
  return {
    black: gain === 1 ? 0 : 16,
    lumaGain: whole(gain - 1),
    redV: whole(redV - 1),
    greenU: whole(-greenU),
    greenV: whole(-greenV),
    blueU: whole(blueU - 2),
  };
}

/** Of 16..235 to 0..255. */
const LIMITED = 255 / 219;

export const YUV_COLOURS: Readonly<Record<YuvFormat, YuvColour>> = {
  'i420-bt601': colour(LIMITED, 1.596027, 0.391762, 0.812968, 2.017232),
  'i420-bt601-full': colour(1, 1.402, 0.344136, 0.714136, 1.772),
  'i420-bt709': colour(LIMITED, 1.792741, 0.213249, 0.532909, 2.112402),
  'i420-bt709-full': colour(1, 1.5748, 0.187324, 0.468124, 1.8556),
};

/** Bytes of a picture. @param width pixels, even, as `height` */
export const yuvBytes = (width: number, height: number): number => (width * height * 3) / 2;

/** What a level of luma is worth on the scale of 0..255. */
export const lumaScale = (format: YuvFormat): number => 1 + YUV_COLOURS[format].lumaGain / ONE;

const levels = new Map<YuvFormat, Uint8Array>();

/** What each number of luma is on the scale of 0..255. */
export function lumaLevels(format: YuvFormat): Uint8Array {
  let table = levels.get(format);
  if (table === undefined) {
    const { black } = YUV_COLOURS[format];
    table = Uint8Array.from({ length: 256 }, (_, luma) =>
      Math.min(255, Math.max(0, Math.round((luma - black) * lumaScale(format)))),
    );
    levels.set(format, table);
  }
  return table;
}
