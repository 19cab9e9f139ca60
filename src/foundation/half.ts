const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of the IEEE 754 half-precision number nearest to `value` (ties to even; too large becomes infinity). */
export function toHalf(value: number): number {
  float[0] = value;
  const x = bits[0]!;
  const sign = (x >>> 16) & 0x8000;
  const exponent = (x >>> 23) & 0xff;
  const mantissa = x & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const half = exponent - 112; // bias 127 -> 15
  if (half >= 31) return sign | 0x7c00;
  if (half < -10) return sign;
  // A carry out of the mantissa runs into the exponent, which is what rounding up across a power of two means.
  if (half > 0) return sign | roundShift((half << 23) | mantissa, 13);
  return sign | roundShift(mantissa | 0x800000, 14 - half);
}

function roundShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}

let table: Float32Array | null = null;

/** The value of every half-precision bit pattern: 65536 entries, made on first use. */
export function halfTable(): Float32Array {
  return (table ??= Float32Array.from({ length: 65536 }, (_, half) => fromHalf(half)));
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
