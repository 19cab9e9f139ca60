import type { ValueHistogram } from './histogram.js';
import { quantizerOf, type Range, rangeOf, type Scheme } from './quantizer.js';

/** Parts of an end of the range that are tried, in hundredths. */
const PARTS = Array.from({ length: 90 }, (_, i) => (100 - i) / 100);

/**
 * The range with the least mean squared error of rounding and clipping together: Banner et al., "Post training 4-bit
 * quantization" (2019), by search. The two ends are moved in turns.
 */
export function leastErrorRange(histogram: ValueHistogram, scheme: Scheme): Range {
  let best: Range = { low: histogram.low, high: histogram.high };
  let least = squaredError(histogram, best, scheme);
  const tryOut = (range: Range) => {
    const error = squaredError(histogram, range, scheme);
    if (error < least) {
      least = error;
      best = range;
    }
  };
  for (let round = 0; round < 2; round++) {
    const { low, high } = best;
    for (const part of PARTS) tryOut({ low: best.low, high: high * part });
    if (low < 0) for (const part of PARTS) tryOut({ low: low * part, high: best.high });
  }
  return best;
}

/** Sum of the squared errors of what was seen; numbers of a bin count as its middle. */
export function squaredError({ counts, middle, width }: ValueHistogram, range: Range, scheme: Scheme): number {
  const quantizer = quantizerOf(range, scheme);
  const { scale } = quantizer;
  const { low, high } = rangeOf(quantizer);
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin]!;
    if (count === 0) continue;
    const value = (bin - middle + 0.5) * width;
    const error = value < low ? low - value : value > high ? value - high : value - Math.round(value / scale) * scale;
    sum += count * error * error;
  }
  return sum;
}
