import { type CameraPixels, lumaStepsOf } from '../../frame/camera-pixels.js';

/** Places that are looked at along each side of a region: what it costs does not grow with the picture. */
const PLACES = 16;
/** Mean difference, of 255, between a pixel and the mean of its neighbours at which a picture is half as sharp as can be. */
const HALF = 6;

/**
 * How sharp a region of a picture is, 0..1: how much its pixels differ in brightness from the mean of the four beside them. Blur of any
 * kind, of motion, focus or compression, makes them alike.
 *
 * @param left first column of the region; with its other edges within the picture
 */
export function sharpnessOf(
  picture: CameraPixels,
  [left, top, right, bottom]: readonly [left: number, top: number, right: number, bottom: number],
): number {
  const columns = right - left - 2;
  const rows = bottom - top - 2;
  if (columns < 1 || rows < 1) return 0;
  const { data } = picture;
  const { offset, step, stride, scale } = lumaStepsOf(picture);
  const stepX = Math.max(1, columns / PLACES);
  const stepY = Math.max(1, rows / PLACES);
  let sum = 0;
  let places = 0;
  for (let y = 0; y < rows; y += stepY) {
    const row = (top + 1 + Math.floor(y)) * stride + (left + 1) * step + offset;
    for (let x = 0; x < columns; x += stepX) {
      const at = row + Math.floor(x) * step;
      const around = data[at - step]! + data[at + step]! + data[at - stride]! + data[at + stride]!;
      sum += Math.abs(4 * data[at]! - around);
      places++;
    }
  }
  const difference = (scale * sum) / places / 4;
  return difference / (difference + HALF);
}
