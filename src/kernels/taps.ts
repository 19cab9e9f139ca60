/** Weights are whole numbers of this many parts, so that a blended byte fits 16 bits. */
const ONE = 256;

/** For each output position along one axis: `width` source positions from `from` on, and the weight of each. */
export interface Taps {
  readonly from: Int32Array;
  /** `width` per output position. */
  readonly weights: Int32Array;
  readonly width: number;
}

/**
 * Bilinear: the two neighbours of each output centre. Pixel centres are at half-integers, so output centre x + 0.5 lies
 * at (x + 0.5) * source / target in the source.
 */
export function linearTaps(source: number, target: number): Taps {
  const width = Math.min(2, source);
  const from = new Int32Array(target);
  const weights = new Int32Array(target * width).fill(ONE);
  if (width === 1) return { from, weights, width };
  for (let i = 0; i < target; i++) {
    const position = Math.min(source - 1, Math.max(0, ((i + 0.5) * source) / target - 0.5));
    const first = Math.min(source - 2, Math.floor(position));
    const second = Math.round((position - first) * ONE);
    from[i] = first;
    weights[i * 2] = ONE - second;
    weights[i * 2 + 1] = second;
  }
  return { from, weights, width };
}

/** Area average: every source position in proportion to how much of it the output pixel covers. */
export function areaTaps(source: number, target: number): Taps {
  const ratio = source / target;
  const width = Math.min(source, Math.ceil(ratio) + 1);
  const from = new Int32Array(target);
  const weights = new Int32Array(target * width);
  for (let i = 0; i < target; i++) {
    const begin = i * ratio;
    // Windows at the far edge are moved back, so that every read is inside the source.
    const first = Math.min(Math.floor(begin), source - width);
    from[i] = first;
    // Rounding the running total instead of each weight makes them sum to ONE.
    let total = 0;
    for (let k = 0; k < width; k++) {
      const covered = Math.min(1, Math.max(0, (first + k + 1 - begin) / ratio));
      const upTo = Math.round(covered * ONE);
      weights[i * width + k] = upTo - total;
      total = upTo;
    }
  }
  return { from, weights, width };
}

/**
 * The same along an axis with half as many values, each of which stands for two neighbours: as if it were read for both.
 *
 * @param source positions of the whole axis, even
 */
export function halvedTaps({ from, weights, width }: Taps, source: number): Taps {
  const half = source / 2;
  const halfWidth = Math.min(half, (width >> 1) + 1);
  const halved = {
    from: new Int32Array(from.length),
    weights: new Int32Array(from.length * halfWidth),
    width: halfWidth,
  };
  for (let i = 0; i < from.length; i++) {
    // windows at the far edge are moved back, so that every read is inside the source
    const first = Math.min(from[i]! >> 1, half - halfWidth);
    halved.from[i] = first;
    for (let k = 0; k < width; k++) {
      halved.weights[i * halfWidth + ((from[i]! + k) >> 1) - first]! += weights[i * width + k]!;
    }
  }
  return halved;
}
