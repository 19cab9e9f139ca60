/**
 * What the int8 numbers of a provider look like. `cpu`: u8 with any zero point (ONNX Runtime's x86 kernels). `tensorrt`: s8
 * with zero point 0, the only one it takes. `arm`: s8 with zero point 0, and -128 for what is never negative, since ONNX
 * Runtime folds a ReLU into a convolution only where the zero point is the lowest number.
 */
export type Scheme = 'cpu' | 'tensorrt' | 'arm';

/** The real numbers that a quantizer is to represent; those outside are clipped to it. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** real = scale × (number - zeroPoint) */
export interface Quantizer {
  readonly type: 'uint8' | 'int8';
  /** A float32, above 0. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Below this a scale is no normal float32 any more, and 1/scale would overflow. */
const LEAST_SCALE = 2 ** -100;

/** The quantizer of a range, widened to hold 0: zero padding and ReLU must be exact. */
export function quantizerOf({ low, high }: Range, scheme: Scheme): Quantizer {
  const least = Math.min(0, low);
  const most = Math.max(0, high);
  if (scheme === 'cpu') {
    const scale = scaleOf(most - least, 255);
    return { type: 'uint8', scale, zeroPoint: clamp(roundHalfEven(-least / scale), 0, 255) };
  }
  if (scheme === 'arm' && least === 0) return { type: 'int8', scale: scaleOf(most, 255), zeroPoint: -128 };
  return { type: 'int8', scale: scaleOf(Math.max(-least, most), 127), zeroPoint: 0 };
}

/** The real numbers that a quantizer can represent. */
export function rangeOf({ type, scale, zeroPoint }: Quantizer): Range {
  const [least, most] = limitsOf(type);
  return { low: (least - zeroPoint) * scale, high: (most - zeroPoint) * scale };
}

/** What QuantizeLinear makes of values, as bytes of the quantizer's type. */
export function quantize(values: ArrayLike<number>, { type, scale, zeroPoint }: Quantizer): Uint8Array {
  const [least, most] = limitsOf(type);
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    bytes[i] = clamp(roundHalfEven(values[i]! / scale) + zeroPoint, least, most);
  }
  return bytes;
}

/** As ONNX and the processors round. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function scaleOf(width: number, steps: number): number {
  return width > 0 ? Math.fround(Math.max(width / steps, LEAST_SCALE)) : 1;
}

function limitsOf(type: Quantizer['type']): readonly [number, number] {
  return type === 'uint8' ? [0, 255] : [-128, 127];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
