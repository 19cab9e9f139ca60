import { lumaOf, type Rgb } from '../picture-light.js';
import type { Region } from './wish.js';

/** Side of a window, px, and how far apart two of them begin. */
const WINDOW = 8;
const STRIDE = 4;
const COUNT = WINDOW * WINDOW;
/** What keeps the quotients of dark and flat windows finite: (0.01 · 255)² and (0.03 · 255)². */
const LUMA_FLOOR: number = (0.01 * 255) ** 2;
const CONTRAST_FLOOR: number = (0.03 * 255) ** 2;

/**
 * How alike two pictures of one size are within regions: the mean of the structural similarity (SSIM, Wang et al. 2004) of their luma
 * over windows of 8 × 8 pixels, each with the same weight; −1..1, 1: the same. Without regions, of the whole picture.
 */
export function likenessOf(original: Rgb, other: Rgb, regions: readonly Region[]): number {
  return lumaLikeness(lumaOf(original), lumaOf(other), original, regions);
}

/** The same of two lumas, which are made once where one is compared with several. @param size px of both */
function lumaLikeness(
  a: Uint8Array,
  b: Uint8Array,
  { width, height }: Pick<Rgb, 'width' | 'height'>,
  regions: readonly Region[],
): number {
  let sum = 0;
  const places = windowPlaces({ width, height }, regions);
  for (const place of places) sum += windowLikeness(a, b, place, width);
  return places.length === 0 ? 1 : sum / places.length;
}

/** First pixels of the windows of regions; without any, of the whole picture. @param size px */
export function windowPlaces({ width, height }: Pick<Rgb, 'width' | 'height'>, regions: readonly Region[]): number[] {
  const places: number[] = [];
  for (const [left, top, right, bottom] of regions.length === 0 ? [[0, 0, width, height] as const] : regions) {
    const [x1, x2] = windowed(left, right, width);
    const [y1, y2] = windowed(top, bottom, height);
    for (let y = y1; y + WINDOW <= y2; y += STRIDE)
      for (let x = x1; x + WINDOW <= x2; x += STRIDE) places.push(y * width + x);
  }
  return places;
}

/** Whole pixels from..to inside the picture, with room for a window where the picture has it. */
function windowed(from: number, to: number, size: number): [number, number] {
  const first = Math.max(0, Math.min(Math.floor(from), size - WINDOW));
  const last = Math.min(size, Math.max(Math.ceil(to), first + WINDOW));
  return [first, last];
}

function windowLikeness(a: Uint8Array, b: Uint8Array, at: number, width: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row++) {
    for (let i = at + row * width, end = i + WINDOW; i < end; i++) {
      const [p, q] = [a[i]!, b[i]!];
      sumA += p;
      sumB += q;
      squaresA += p * p;
      squaresB += q * q;
      products += p * q;
    }
  }
  const [meanA, meanB] = [sumA / COUNT, sumB / COUNT];
  const varianceA = squaresA / COUNT - meanA * meanA;
  const varianceB = squaresB / COUNT - meanB * meanB;
  const covariance = products / COUNT - meanA * meanB;
  return similarity(meanA, meanB, varianceA, varianceB, covariance);
}

/** SSIM of two windows by their moments. */
export function similarity(
  meanA: number,
  meanB: number,
  varianceA: number,
  varianceB: number,
  covariance: number,
): number {
  return (
    ((2 * meanA * meanB + LUMA_FLOOR) * (2 * covariance + CONTRAST_FLOOR)) /
    ((meanA * meanA + meanB * meanB + LUMA_FLOOR) * (varianceA + varianceB + CONTRAST_FLOOR))
  );
}
