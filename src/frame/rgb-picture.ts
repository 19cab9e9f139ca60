/** Pixels that a picture may have at most: 64 MPixels. */
const MAX_PIXELS = 2 ** 26;

/**
 * Holds what a program hands in to what it says of itself.
 *
 * @throws TypeError where the pixels are no bytes; RangeError where the size is none, or there are not `width * height * 3`
 */
export function checkRgbPicture(width: number, height: number, data: unknown): void {
  if (!(data instanceof Uint8Array)) throw new TypeError('data: expected a Uint8Array of RGB24 pixels');
  const fits = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!fits || width * height > MAX_PIXELS) {
    throw new RangeError(`size: expected whole numbers of up to ${MAX_PIXELS} pixels in all, got ${width} × ${height}`);
  }
  const bytes = width * height * 3;
  if (data.byteLength !== bytes) {
    throw new RangeError(`data: expected ${bytes} bytes for ${width} × ${height} in RGB24, got ${data.byteLength}`);
  }
}
