import type { ValueHistogram } from './histogram.js';
import type { Range, Scheme } from './quantizer.js';

/** Bins that the distribution of magnitudes is given, as in TensorRT: halves as wide as they must be for at most this many. */
const BINS = 2048;
/** Thresholds tried, in bins from one to the next. */
const STEP = 8;
/** Probability given to what the quantized distribution lacks, so that its logarithm is finite. */
const TINY = 1e-9;

/**
 * The range whose quantized numbers are distributed most like the real ones, by Kullback-Leibler divergence: Migacz, "8-bit
 * Inference with TensorRT" (GTC 2017). Magnitudes are compared, so that a signed range is symmetric before it is cut to what
 * was seen; exact zeros do not count.
 */
export function entropyRange(histogram: ValueHistogram, scheme: Scheme): Range {
  const magnitudes = magnitudesOf(histogram);
  const oneSided = histogram.low === 0 && scheme !== 'tensorrt';
  const bins = bestThreshold(magnitudes.counts, oneSided ? 256 : 128);
  const threshold = bins * magnitudes.width;
  return { low: Math.max(histogram.low, -threshold), high: Math.min(histogram.high, threshold) };
}

/**
 * @param counts how often magnitudes fall into bins of equal width from 0
 * @param levels numbers that the quantizer has for them
 * @returns the number of bins not to be clipped
 */
export function bestThreshold(counts: Float64Array, levels: number): number {
  let last = counts.length;
  while (last > 0 && counts[last - 1] === 0) last--;
  if (last <= levels) return last;
  let best = last;
  let least = Number.POSITIVE_INFINITY;
  let outside = 0;
  for (let end = last; end >= levels; end -= STEP) {
    const divergence = divergenceAt(counts, end, outside, levels);
    if (divergence < least) {
      least = divergence;
      best = end;
    }
    for (let bin = Math.max(0, end - STEP); bin < end; bin++) outside += counts[bin]!;
  }
  return best;
}

/** Divergence of the bins before `end`, what lies beyond put into the last one, from the same bins in `levels` levels. */
function divergenceAt(counts: Float64Array, end: number, outside: number, levels: number): number {
  let inside = 0;
  for (let bin = 0; bin < end; bin++) inside += counts[bin]!;
  const total = inside + outside;
  if (inside === 0) return Number.POSITIVE_INFINITY;
  let divergence = 0;
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * end) / levels);
    const to = Math.floor(((level + 1) * end) / levels);
    let sum = 0;
    let filled = 0;
    for (let bin = from; bin < to; bin++) {
      sum += counts[bin]!;
      if (counts[bin]! > 0) filled++;
    }
    // a level's numbers lie evenly over those of its bins that hold any
    const each = filled > 0 ? sum / filled / inside : 0;
    for (let bin = from; bin < to; bin++) {
      const real = (counts[bin]! + (bin === end - 1 ? outside : 0)) / total;
      if (real > 0) divergence += real * Math.log(real / Math.max(counts[bin]! > 0 ? each : 0, TINY));
    }
  }
  return divergence;
}

/** Both sides of a histogram added up, with bins joined until BINS hold all that was seen. */
function magnitudesOf({ counts, middle, width, low, high }: ValueHistogram): { counts: Float64Array; width: number } {
  const most = Math.max(-low, high);
  let joined = 1;
  while (most > BINS * width * joined) joined *= 2;
  const sums = new Float64Array(BINS);
  for (let bin = 0; bin < middle; bin++) {
    const count = counts[middle + bin]! + counts[middle - 1 - bin]!;
    if (count > 0) sums[Math.min(BINS - 1, Math.floor(bin / joined))]! += count;
  }
  return { counts: sums, width: width * joined };
}
