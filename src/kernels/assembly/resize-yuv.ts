/*
 * Resize of I420 straight into RGB24, as in ../plain/resize-yuv.ts and bit for bit equal to it. Each output row: rows of each plane are
 * blended (8.7 bits), then columns (8.6 bits), then the colours are converted, eight pixels at a time, and rounded down, as ffmpeg's own
 * conversion does with whose pictures models were trained and measured.
 */

/**
 * @param luma, chromaU, chromaV planes; rows of `width` and, of colour, `width / 2` bytes; both even
 * @param row room for `width` and twice `width / 2` 16-bit numbers, with `beside` behind each
 * @param line room for three times `columns + 8` 16-bit numbers
 * @param rowFrom per output row, the first row of luma, int32 @param rowWeights `rowWidth` per output row, int32, of 256
 * @param chromaRowFrom, chromaRowWeights, chromaRowWidth the same of the planes of colour
 * @param offsets, masks, weights, pairs, chromaOffsets, … see ../column-lanes.ts; `masks` is 0 where there are none
 * @param stride bytes from one row of `to` to the next
 * @param black luma of black, 0 or 16; the factors in 32768ths: what luma has above 1, red of V above 1, green of U and V, blue of U above 2
 */
export function resizeYuv(
  luma: usize, chromaU: usize, chromaV: usize, width: i32, row: usize, line: usize, beside: i32,
  rowFrom: usize, rowWeights: usize, rowWidth: i32, chromaRowFrom: usize, chromaRowWeights: usize, chromaRowWidth: i32, rows: i32,
  offsets: usize, masks: usize, weights: usize, pairs: i32,
  chromaOffsets: usize, chromaMasks: usize, chromaWeights: usize, chromaPairs: i32,
  columns: i32, to: usize, stride: i32,
  black: i32, lumaGain: i32, redV: i32, greenU: i32, greenV: i32, blueU: i32,
): void {
  const half = width >> 1;
  const rowU = row + (<usize>(width + beside) << 1), rowV = rowU + (<usize>(half + beside) << 1);
  const lineU = line + (<usize>(columns + 8) << 1), lineV = lineU + (<usize>(columns + 8) << 1);
  for (let y = 0; y < rows; y++) {
    const at = <usize>y << 2;
    const first = <usize>(load<i32>(rowFrom + at) * width), chromaFirst = <usize>(load<i32>(chromaRowFrom + at) * half);
    const chroma = chromaRowWeights + at * <usize>chromaRowWidth;
    blendRows(luma + first, width, rowWeights + at * <usize>rowWidth, rowWidth, row);
    blendRows(chromaU + chromaFirst, half, chroma, chromaRowWidth, rowU);
    blendRows(chromaV + chromaFirst, half, chroma, chromaRowWidth, rowV);
    blendColumns(row, offsets, masks, weights, pairs, columns, line);
    blendColumns(rowU, chromaOffsets, chromaMasks, chromaWeights, chromaPairs, columns, lineU);
    blendColumns(rowV, chromaOffsets, chromaMasks, chromaWeights, chromaPairs, columns, lineV);
    colours(line, lineU, lineV, columns, to + <usize>(y * stride), black, lumaGain, redV, greenU, greenV, blueU);
  }
}

/** Into 8.7 bits. */
function blendRows(first: usize, bytes: i32, weights: usize, width: i32, row: usize): void {
  if (bytes < 16) blendShortRows(first, bytes, weights, width, row);
  else if (width == 2) blendTwoRows(first, bytes, load<i32>(weights), load<i32>(weights, 4), row);
  else blendManyRows(first, bytes, weights, width, row);
}

function blendTwoRows(first: usize, bytes: i32, w0: i32, w1: i32, row: usize): void {
  const second = first + <usize>bytes;
  const a = i16x8.splat(<i16>w0), b = i16x8.splat(<i16>w1);
  let i = 0;
  while (true) {
    const p = v128.load(first + <usize>i), q = v128.load(second + <usize>i);
    const low = i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(p), a), i16x8.mul(i16x8.extend_low_i8x16_u(q), b));
    const high = i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(p), a), i16x8.mul(i16x8.extend_high_i8x16_u(q), b));
    const out = row + (<usize>i << 1);
    v128.store(out, i16x8.shr_u(low, 1));
    v128.store(out, i16x8.shr_u(high, 1), 16);
    i += 16;
    if (i >= bytes) return;
    // the last step does some of the bytes before it again
    if (i > bytes - 16) i = bytes - 16;
  }
}

function blendManyRows(first: usize, bytes: i32, weights: usize, width: i32, row: usize): void {
  let i = 0;
  while (true) {
    let low = i16x8.splat(0), high = i16x8.splat(0);
    let at = first + <usize>i;
    for (let k = 0; k < width; k++) {
      const weight = i16x8.splat(<i16>load<i32>(weights + (<usize>k << 2)));
      const p = v128.load(at);
      low = i16x8.add(low, i16x8.mul(i16x8.extend_low_i8x16_u(p), weight));
      high = i16x8.add(high, i16x8.mul(i16x8.extend_high_i8x16_u(p), weight));
      at += <usize>bytes;
    }
    const out = row + (<usize>i << 1);
    v128.store(out, i16x8.shr_u(low, 1));
    v128.store(out, i16x8.shr_u(high, 1), 16);
    i += 16;
    if (i >= bytes) return;
    if (i > bytes - 16) i = bytes - 16;
  }
}

function blendShortRows(first: usize, bytes: i32, weights: usize, width: i32, row: usize): void {
  for (let i = 0; i < bytes; i++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      sum += load<u8>(first + <usize>(k * bytes + i)) * load<i32>(weights + (<usize>k << 2));
    }
    store<u16>(row + (<usize>i << 1), <u16>(sum >> 1));
  }
}

/** Into 8.6 bits, four at a time. What is read beside a row is multiplied with 0. */
function blendColumns(row: usize, offsets: usize, masks: usize, weights: usize, pairs: i32, columns: i32, line: usize): void {
  if (masks == 0) blendFarColumns(row, offsets, weights, pairs, columns, line);
  else if (pairs == 1) blendTwoColumns(row, offsets, masks, weights, columns, line);
  else blendNearColumns(row, offsets, masks, weights, pairs, columns, line);
}

// @ts-ignore: decorator of AssemblyScript
@inline
function storeFour(line: usize, x: i32, sum: v128): void {
  const shifted = i32x4.shr_s(sum, 9);
  v128.store64_lane(line + (<usize>x << 1), i16x8.narrow_i32x4_s(shifted, shifted), 0);
}

function blendTwoColumns(row: usize, offsets: usize, masks: usize, weights: usize, columns: i32, line: usize): void {
  for (let x = 0; x < columns; x += 4) {
    const at = <usize>x << 2;
    const values = i8x16.swizzle(v128.load(row + <usize>load<i32>(offsets + <usize>x)), v128.load(masks + at));
    storeFour(line, x, i32x4.dot_i16x8_s(values, v128.load(weights + at)));
  }
}

function blendNearColumns(
  row: usize, offsets: usize, masks: usize, weights: usize, pairs: i32, columns: i32, line: usize,
): void {
  const perPair = <usize>((columns + 3) & ~3) << 2;
  for (let x = 0; x < columns; x += 4) {
    const at = <usize>x << 2;
    const mask = v128.load(masks + at);
    let sum = i32x4.splat(0), from = row + <usize>load<i32>(offsets + <usize>x), weight = weights + at;
    for (let k = 0; k < pairs; k++, from += 4, weight += perPair) {
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(i8x16.swizzle(v128.load(from), mask), v128.load(weight)));
    }
    storeFour(line, x, sum);
  }
}

function blendFarColumns(row: usize, offsets: usize, weights: usize, pairs: i32, columns: i32, line: usize): void {
  const perPair = <usize>((columns + 3) & ~3) << 2;
  for (let x = 0; x < columns; x += 4) {
    const from = offsets + (<usize>x << 2);
    let a = row + <usize>load<i32>(from), b = row + <usize>load<i32>(from, 4);
    let c = row + <usize>load<i32>(from, 8), d = row + <usize>load<i32>(from, 12);
    let sum = i32x4.splat(0), weight = weights + (<usize>x << 2);
    for (let k = 0; k < pairs; k++, a += 4, b += 4, c += 4, d += 4, weight += perPair) {
      const values = i32x4(load<i32>(a), load<i32>(b), load<i32>(c), load<i32>(d));
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(values, v128.load(weight)));
    }
    storeFour(line, x, sum);
  }
}

function colours(
  line: usize, lineU: usize, lineV: usize, columns: i32, to: usize,
  black: i32, lumaGain: i32, redV: i32, greenU: i32, greenV: i32, blueU: i32,
): void {
  const dark = i16x8.splat(<i16>(black << 6)), grey = i16x8.splat(128 << 6);
  const gain = i16x8.splat(<i16>lumaGain), rv = i16x8.splat(<i16>redV), gu = i16x8.splat(<i16>greenU);
  const gv = i16x8.splat(<i16>greenV), bu = i16x8.splat(<i16>blueU);
  for (let x = 0, out = to; x < columns; x += 8, out += 24) {
    const at = <usize>x << 1;
    const dry = i16x8.sub(v128.load(line + at), dark);
    const y = i16x8.add(dry, i16x8.q15mulr_sat_s(dry, gain));
    const u = i16x8.sub(v128.load(lineU + at), grey), v = i16x8.sub(v128.load(lineV + at), grey);
    const red = i16x8.add_sat_s(y, i16x8.add(v, i16x8.q15mulr_sat_s(v, rv)));
    const green = i16x8.add_sat_s(y, i16x8.add(i16x8.q15mulr_sat_s(u, gu), i16x8.q15mulr_sat_s(v, gv)));
    const blue = i16x8.add_sat_s(y, i16x8.add(i16x8.add(u, u), i16x8.q15mulr_sat_s(u, bu)));
    const rg = i8x16.narrow_i16x8_u(i16x8.shr_s(red, 6), i16x8.shr_s(green, 6));
    const bb = i8x16.narrow_i16x8_u(i16x8.shr_s(blue, 6), i16x8.shr_s(blue, 6));
    const begin = i8x16.shuffle(rg, bb, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5);
    const end = i8x16.shuffle(rg, bb, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0);
    if (x + 8 <= columns) {
      v128.store(out, begin);
      v128.store64_lane(out, end, 0, 16);
    } else {
      // the lines have room for eight: what was there is made to a pixel too, and left out; the row of luma is free now
      v128.store(line, begin);
      v128.store64_lane(line, end, 0, 16);
      memory.copy(out, line, <usize>((columns - x) * 3));
    }
  }
}
