import { entropyRange } from './entropy.js';
import type { ValueHistogram } from './histogram.js';
import type { Range, Scheme } from './quantizer.js';
import { leastErrorRange } from './squared-error.js';

/** Ways to choose the range of a value's quantizer: a wide one clips little, a narrow one rounds finely. */
export const METHODS = ['min-max', 'percentile', 'entropy', 'mse'] as const;
export type Method = (typeof METHODS)[number];

/** Share of the numbers that `percentile` keeps: Wu et al., "Integer Quantization for Deep Learning Inference" (2020). */
const KEPT = 0.9999;

/** The range of a histogram; always holds 0, and never more than was seen. */
export function chooseRange(method: Method, histogram: ValueHistogram, scheme: Scheme): Range {
  switch (method) {
    case 'min-max':
      return { low: histogram.low, high: histogram.high };
    case 'percentile':
      return percentileRange(histogram, KEPT);
    case 'entropy':
      return entropyRange(histogram, scheme);
    case 'mse':
      return leastErrorRange(histogram, scheme);
  }
}

/** Cuts the same share off both ends; only off the upper one where nothing is negative. */
export function percentileRange(histogram: ValueHistogram, kept: number): Range {
  const { counts, middle, width, zeros } = histogram;
  let total = zeros;
  for (const count of counts) total += count;
  const cut = ((1 - kept) * total) / (histogram.low < 0 && histogram.high > 0 ? 2 : 1);
  let last = counts.length - 1;
  for (let left = cut; last >= middle && (left -= counts[last]!) >= 0; ) last--;
  let first = 0;
  for (let left = cut; first < middle && (left -= counts[first]!) >= 0; ) first++;
  return {
    low: Math.max(histogram.low, (first - middle) * width),
    high: Math.min(histogram.high, (last + 1 - middle) * width),
  };
}
