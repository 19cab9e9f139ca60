import type { Resize, ResizePlan } from '../resize-plan.js';
import type { Taps } from '../taps.js';

/*
 * Separable resize of RGB24: each output row is first blended from the source rows around it, then its pixels from the
 * columns around them. Weights are whole 256ths that sum to 256, so a blended byte fits 16 bits, and the first step can
 * work on four bytes at a time: a 32-bit word is two pairs of 16-bit lanes (little-endian, as x64 and arm64 are).
 */

/** The resize of `createResize` without WebAssembly. */
export function plainResize({ sourceWidth, columns, rows, stride }: ResizePlan): Resize {
  const rowBytes = sourceWidth * 3;
  const row = new Uint16Array(Math.ceil(rowBytes / 4) * 4);
  const words = new Int32Array(row.buffer);
  const blendColumns = columns.width === 2 ? blendTwoColumns : blendManyColumns;
  const offsets = columns.from.map((x) => x * 3);
  return (from, to) => {
    const inWords = rowBytes % 4 === 0 && from.byteOffset % 4 === 0;
    const source = inWords ? new Int32Array(from.buffer, from.byteOffset, from.length >> 2) : from;
    const length = inWords ? rowBytes >> 2 : rowBytes;
    for (let y = 0; y < rows.from.length; y++) {
      const start = rows.from[y]! * length;
      if (source instanceof Int32Array) blendRowsOfWords(source, start, length, rows, y, words);
      else blendRowsOfBytes(source, start, length, rows, y, row);
      blendColumns(row, offsets, columns, to, y * stride);
    }
  };
}

/** Into `to`: 16 bits per byte of the row, in the same order (two words per word read). */
function blendRowsOfWords(
  from: Int32Array,
  start: number,
  length: number,
  rows: Taps,
  y: number,
  to: Int32Array,
): void {
  const { weights, width } = rows;
  if (width === 2) {
    blendTwoRows(from, start, length, weights[y * 2]!, weights[y * 2 + 1]!, to);
    return;
  }
  to.fill(0);
  for (let k = 0; k < width; k++) {
    const weight = weights[y * width + k]!;
    if (weight === 0) continue;
    const first = start + k * length;
    for (let i = 0; i < length; i++) {
      const word = from[first + i]!;
      const low = (word & 0xff) | ((word & 0xff00) << 8);
      const high = ((word >>> 16) & 0xff) | ((word >>> 8) & 0xff0000);
      to[2 * i] = (to[2 * i]! + Math.imul(low, weight)) | 0;
      to[2 * i + 1] = (to[2 * i + 1]! + Math.imul(high, weight)) | 0;
    }
  }
}

function blendTwoRows(from: Int32Array, start: number, length: number, first: number, second: number, to: Int32Array) {
  for (let i = 0; i < length; i++) {
    const a = from[start + i]!;
    const b = from[start + length + i]!;
    const even = Math.imul(a & 0xff00ff, first) + Math.imul(b & 0xff00ff, second);
    const odd = Math.imul((a >>> 8) & 0xff00ff, first) + Math.imul((b >>> 8) & 0xff00ff, second);
    to[2 * i] = (even & 0xffff) | (odd << 16);
    to[2 * i + 1] = (even >>> 16) | (odd & 0xffff0000);
  }
}

function blendRowsOfBytes(
  from: Uint8Array,
  start: number,
  length: number,
  rows: Taps,
  y: number,
  to: Uint16Array,
): void {
  const { weights, width } = rows;
  to.fill(0);
  for (let k = 0; k < width; k++) {
    const weight = weights[y * width + k]!;
    const first = start + k * length;
    for (let i = 0; i < length; i++) to[i] = to[i]! + Math.imul(from[first + i]!, weight);
  }
}

function blendTwoColumns(row: Uint16Array, offsets: Int32Array, columns: Taps, to: Uint8Array, start: number): void {
  const { weights } = columns;
  let out = start;
  for (let x = 0; x < offsets.length; x++, out += 3) {
    const i = offsets[x]!;
    const second = weights[2 * x + 1]!;
    const red = row[i]!;
    const green = row[i + 1]!;
    const blue = row[i + 2]!;
    to[out] = ((red << 8) + Math.imul(row[i + 3]! - red, second) + 0x8000) >> 16;
    to[out + 1] = ((green << 8) + Math.imul(row[i + 4]! - green, second) + 0x8000) >> 16;
    to[out + 2] = ((blue << 8) + Math.imul(row[i + 5]! - blue, second) + 0x8000) >> 16;
  }
}

function blendManyColumns(row: Uint16Array, offsets: Int32Array, columns: Taps, to: Uint8Array, start: number): void {
  const { weights, width } = columns;
  let out = start;
  for (let x = 0; x < offsets.length; x++, out += 3) {
    let red = 0x8000;
    let green = 0x8000;
    let blue = 0x8000;
    for (let k = 0, i = offsets[x]!; k < width; k++, i += 3) {
      const weight = weights[x * width + k]!;
      red += Math.imul(row[i]!, weight);
      green += Math.imul(row[i + 1]!, weight);
      blue += Math.imul(row[i + 2]!, weight);
    }
    to[out] = red >> 16;
    to[out + 1] = green >> 16;
    to[out + 2] = blue >> 16;
  }
}
