/** Pixels this much wider than high, or higher than wide, are a mistake of the stream's, not its shape. */
export const MOST_SQUEEZED = 4;

/** Of a picture with square pixels, in px. */
export interface UprightSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that a squeezed picture has with square pixels: its squeezed side is stretched, nothing is shrunk.
 *
 * @param stored its size as it is stored, px
 * @param pixelAspect width / height of a pixel of the squeezed picture, > 0
 */
export function uprightSize(stored: Readonly<Record<'width' | 'height', number>>, pixelAspect: number): UprightSize {
  const { width, height } = stored;
  if (pixelAspect >= 1) return { width: Math.round(width * pixelAspect), height };
  return { width, height: Math.round(height / pixelAspect) };
}
