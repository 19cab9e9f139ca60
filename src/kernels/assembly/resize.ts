/*
 * Separable resize of RGB24, as in ../plain/resize.ts and bit for bit equal to it: weights are whole 256ths that sum to 256.
 * Pointers are byte addresses of the memory.
 */

/**
 * @param from RGB24, rows of `rowBytes` @param row room for `rowBytes` 16-bit numbers, and 16 bytes behind them
 * @param columnFrom per output column, the first source column, int32 @param columnWeights `columnWidth` per output column, int32
 * @param rowFrom, rowWeights, rowWidth, rows the same for output rows
 * @param stride bytes from one row of `to` to the next
 */
export function resize(
  from: usize, rowBytes: i32, row: usize,
  columnFrom: usize, columnWeights: usize, columnWidth: i32, columns: i32,
  rowFrom: usize, rowWeights: usize, rowWidth: i32, rows: i32,
  to: usize, stride: i32,
): void {
  for (let y = 0; y < rows; y++) {
    const first = from + <usize>(load<i32>(rowFrom + (<usize>y << 2)) * rowBytes);
    const weights = rowWeights + (<usize>(y * rowWidth) << 2);
    if (rowWidth == 2) blendTwoRows(first, rowBytes, weights, row);
    else blendRows(first, rowBytes, weights, rowWidth, row);
    const out = to + <usize>(y * stride);
    if (columnWidth == 2) blendTwoColumns(row, columnFrom, columnWeights, columns, out);
    else blendColumns(row, columnFrom, columnWeights, columnWidth, columns, out);
  }
}

/** 16 bits per byte of the row: at most 255 × 256, so that nothing overflows. */
function blendTwoRows(first: usize, rowBytes: i32, weights: usize, row: usize): void {
  const w0 = load<i32>(weights), w1 = load<i32>(weights, 4);
  const second = first + <usize>rowBytes;
  if (rowBytes < 16) {
    for (let i = 0; i < rowBytes; i++) {
      store<u16>(row + (<usize>i << 1), <u16>(load<u8>(first + <usize>i) * w0 + load<u8>(second + <usize>i) * w1));
    }
    return;
  }
  const a = i16x8.splat(<i16>w0), b = i16x8.splat(<i16>w1);
  let i = 0;
  while (true) {
    const p = v128.load(first + <usize>i), q = v128.load(second + <usize>i);
    const out = row + (<usize>i << 1);
    v128.store(out, i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(p), a), i16x8.mul(i16x8.extend_low_i8x16_u(q), b)));
    v128.store(out, i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(p), a), i16x8.mul(i16x8.extend_high_i8x16_u(q), b)), 16);
    i += 16;
    if (i >= rowBytes) return;
    // the last step does some of the bytes before it again
    if (i > rowBytes - 16) i = rowBytes - 16;
  }
}

function blendRows(first: usize, rowBytes: i32, weights: usize, width: i32, row: usize): void {
  if (rowBytes < 16) {
    for (let i = 0; i < rowBytes; i++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        sum += load<u8>(first + <usize>(k * rowBytes + i)) * load<i32>(weights + (<usize>k << 2));
      }
      store<u16>(row + (<usize>i << 1), <u16>sum);
    }
    return;
  }
  let i = 0;
  while (true) {
    let low = i16x8.splat(0), high = i16x8.splat(0);
    let at = first + <usize>i;
    for (let k = 0; k < width; k++) {
      const weight = i16x8.splat(<i16>load<i32>(weights + (<usize>k << 2)));
      const p = v128.load(at);
      low = i16x8.add(low, i16x8.mul(i16x8.extend_low_i8x16_u(p), weight));
      high = i16x8.add(high, i16x8.mul(i16x8.extend_high_i8x16_u(p), weight));
      at += <usize>rowBytes;
    }
    const out = row + (<usize>i << 1);
    v128.store(out, low);
    v128.store(out, high, 16);
    i += 16;
    if (i >= rowBytes) return;
    if (i > rowBytes - 16) i = rowBytes - 16;
  }
}

/** Red, green, blue and one number more, of which nothing is kept, as four 32-bit lanes. */
// @ts-ignore: decorator of AssemblyScript
@inline
function pixel(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load64_zero(at));
}

// @ts-ignore: decorator of AssemblyScript
@inline
function betweenTwo(row: usize, columnFrom: usize, columnWeights: usize, x: i32): v128 {
  const at = row + <usize>(load<i32>(columnFrom + (<usize>x << 2)) * 6);
  const second = i32x4.splat(load<i32>(columnWeights + (<usize>x << 3), 4));
  const left = pixel(at);
  const step = i32x4.mul(i32x4.sub(pixel(at + 6), left), second);
  return i32x4.shr_u(i32x4.add(i32x4.add(i32x4.shl(left, 8), step), i32x4.splat(0x8000)), 16);
}

function blendTwoColumns(row: usize, columnFrom: usize, columnWeights: usize, columns: i32, to: usize): void {
  let x = 0, out = to;
  // four pixels are 12 bytes; the four written behind them are those of the next
  for (; x + 6 <= columns; x += 4, out += 12) {
    const two = i16x8.narrow_i32x4_u(
      betweenTwo(row, columnFrom, columnWeights, x), betweenTwo(row, columnFrom, columnWeights, x + 1));
    const more = i16x8.narrow_i32x4_u(
      betweenTwo(row, columnFrom, columnWeights, x + 2), betweenTwo(row, columnFrom, columnWeights, x + 3));
    const bytes = i8x16.narrow_i16x8_u(two, more);
    v128.store(out, i8x16.shuffle(bytes, bytes, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15));
  }
  for (; x < columns; x++, out += 3) storePixel(out, betweenTwo(row, columnFrom, columnWeights, x));
}

function blendColumns(
  row: usize, columnFrom: usize, columnWeights: usize, width: i32, columns: i32, to: usize,
): void {
  let out = to;
  for (let x = 0; x < columns; x++, out += 3) {
    let at = row + <usize>(load<i32>(columnFrom + (<usize>x << 2)) * 6);
    let weight = columnWeights + (<usize>(x * width) << 2);
    let sum = i32x4.splat(0x8000);
    for (let k = 0; k < width; k++, at += 6, weight += 4) {
      sum = i32x4.add(sum, i32x4.mul(pixel(at), v128.load32_splat(weight)));
    }
    storePixel(out, i32x4.shr_u(sum, 16));
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function storePixel(to: usize, lanes: v128): void {
  store<u8>(to, <u8>i32x4.extract_lane(lanes, 0));
  store<u8>(to, <u8>i32x4.extract_lane(lanes, 1), 1);
  store<u8>(to, <u8>i32x4.extract_lane(lanes, 2), 2);
}
