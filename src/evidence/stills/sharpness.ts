/** Places that are looked at along each side of a region: what it costs does not grow with the picture. */
const PLACES = 16;
/** Mean difference, of 255, between a pixel and the mean of its neighbours at which a picture is half as sharp as can be. */
const HALF = 6;

/**
 * How sharp a region of a picture is, 0..1: how much its pixels differ from the mean of the four beside them. Blur of any kind, of
 * motion, focus or compression, makes them alike.
 *
 * @param rgb RGB24, rows top to bottom, `width` pixels each
 * @param left first column of the region; with its other edges within the picture
 */
export function sharpnessOf(
  rgb: Uint8Array,
  width: number,
  [left, top, right, bottom]: readonly [left: number, top: number, right: number, bottom: number],
): number {
  const columns = right - left - 2;
  const rows = bottom - top - 2;
  if (columns < 1 || rows < 1) return 0;
  const stepX = Math.max(1, columns / PLACES);
  const stepY = Math.max(1, rows / PLACES);
  const stride = width * 3;
  let sum = 0;
  let places = 0;
  for (let y = 0; y < rows; y += stepY) {
    const row = (top + 1 + Math.floor(y)) * stride + 1;
    for (let x = 0; x < columns; x += stepX) {
      // green stands for brightness
      const at = row + (left + 1 + Math.floor(x)) * 3;
      const around = rgb[at - 3]! + rgb[at + 3]! + rgb[at - stride]! + rgb[at + stride]!;
      sum += Math.abs(4 * rgb[at]! - around);
      places++;
    }
  }
  const difference = sum / places / 4;
  return difference / (difference + HALF);
}
