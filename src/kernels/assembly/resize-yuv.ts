/*
 * Resize of I420 straight into RGB24, as in ../plain/resize-yuv.ts and bit for bit equal to it. Each output row: rows of each plane are
 * blended (8.7 bits), then columns (8.6 bits), then the colours are converted, eight pixels at a time, and rounded down, as ffmpeg's own
 * conversion does with whose pictures models were trained and measured.
 */

/**
 * @param luma, chromaU, chromaV planes; rows of `width` and, of colour, `width / 2` bytes; both even
 * @param row room for `width + 16` and twice `width / 2 + 16` 16-bit numbers @param line room for three times `columns + 8` of them
 * @param columnFrom, columnWeights, columnWidth, columns, rowFrom, rowWeights, rowWidth, rows as of `resize`
 * @param black luma of black, 0 or 16; the factors in 32768ths: what luma has above 1, red of V above 1, green of U and V, blue of U above 2
 */
export function resizeYuv(
  luma: usize, chromaU: usize, chromaV: usize, width: i32, row: usize, line: usize,
  columnFrom: usize, columnWeights: usize, columnWidth: i32, columns: i32,
  rowFrom: usize, rowWeights: usize, rowWidth: i32, rows: i32,
  to: usize, stride: i32,
  black: i32, lumaGain: i32, redV: i32, greenU: i32, greenV: i32, blueU: i32,
): void {
  const half = width >> 1;
  const rowU = row + (<usize>(width + 16) << 1), rowV = rowU + (<usize>(half + 16) << 1);
  const lineU = line + (<usize>(columns + 8) << 1), lineV = lineU + (<usize>(columns + 8) << 1);
  for (let y = 0; y < rows; y++) {
    const first = load<i32>(rowFrom + (<usize>y << 2));
    const weights = rowWeights + (<usize>(y * rowWidth) << 2);
    blendPlane(luma, width, first, 0, weights, rowWidth, row);
    blendPlane(chromaU, half, first, 1, weights, rowWidth, rowU);
    blendPlane(chromaV, half, first, 1, weights, rowWidth, rowV);
    if (columnWidth == 2) {
      pairs(row, 0, columnFrom, columnWeights, columns, line);
      pairs(rowU, 1, columnFrom, columnWeights, columns, lineU);
      pairs(rowV, 1, columnFrom, columnWeights, columns, lineV);
    } else {
      sums(row, 0, columnFrom, columnWeights, columnWidth, columns, line);
      sums(rowU, 1, columnFrom, columnWeights, columnWidth, columns, lineU);
      sums(rowV, 1, columnFrom, columnWeights, columnWidth, columns, lineV);
    }
    colours(line, lineU, lineV, columns, to + <usize>(y * stride), black, lumaGain, redV, greenU, greenV, blueU);
  }
}

/** A source row `y` of the picture is row `y >> halved` of the plane. */
function blendPlane(plane: usize, bytes: i32, first: i32, halved: i32, weights: usize, width: i32, row: usize): void {
  let i = 0;
  if (bytes >= 16) {
    while (true) {
      let low = i16x8.splat(0), high = i16x8.splat(0);
      for (let k = 0; k < width; k++) {
        const weight = i16x8.splat(<i16>load<i32>(weights + (<usize>k << 2)));
        const p = v128.load(plane + <usize>(((first + k) >> halved) * bytes + i));
        low = i16x8.add(low, i16x8.mul(i16x8.extend_low_i8x16_u(p), weight));
        high = i16x8.add(high, i16x8.mul(i16x8.extend_high_i8x16_u(p), weight));
      }
      const out = row + (<usize>i << 1);
      v128.store(out, i16x8.shr_u(low, 1));
      v128.store(out, i16x8.shr_u(high, 1), 16);
      i += 16;
      if (i >= bytes) return;
      // the last step does some of the bytes before it again
      if (i > bytes - 16) i = bytes - 16;
    }
  }
  for (; i < bytes; i++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      sum += load<u8>(plane + <usize>(((first + k) >> halved) * bytes + i)) * load<i32>(weights + (<usize>k << 2));
    }
    store<u16>(row + (<usize>i << 1), <u16>(sum >> 1));
  }
}

/** Two neighbours and their weights, as two 16-bit lanes each. Of colour, two neighbours of the picture may be one of the plane. */
// @ts-ignore: decorator of AssemblyScript
@inline
function weightsOf(first: i32, weights: usize, halved: i32): i32 {
  const own = load<i32>(weights) | (load<i32>(weights, 4) << 16);
  return halved != 0 && (first & 1) == 0 ? 256 : own;
}

function pairs(row: usize, halved: i32, columnFrom: usize, columnWeights: usize, columns: i32, line: usize): void {
  let x = 0;
  for (; x + 4 <= columns; x += 4) {
    const from = columnFrom + (<usize>x << 2), weights = columnWeights + (<usize>x << 3);
    const a = load<i32>(from), b = load<i32>(from, 4), c = load<i32>(from, 8), d = load<i32>(from, 12);
    const values = i32x4(
      load<i32>(row + (<usize>(a >> halved) << 1)), load<i32>(row + (<usize>(b >> halved) << 1)),
      load<i32>(row + (<usize>(c >> halved) << 1)), load<i32>(row + (<usize>(d >> halved) << 1)));
    const factors = i32x4(
      weightsOf(a, weights, halved), weightsOf(b, weights + 8, halved),
      weightsOf(c, weights + 16, halved), weightsOf(d, weights + 24, halved));
    const sum = i32x4.shr_s(i32x4.dot_i16x8_s(values, factors), 9);
    v128.store64_lane(line + (<usize>x << 1), i16x8.narrow_i32x4_s(sum, sum), 0);
  }
  for (; x < columns; x++) {
    const first = load<i32>(columnFrom + (<usize>x << 2));
    const at = row + (<usize>(first >> halved) << 1);
    const both = weightsOf(first, columnWeights + (<usize>x << 3), halved);
    const sum = <i32>load<u16>(at) * (both & 0xffff) + <i32>load<u16>(at, 2) * (both >> 16);
    store<i16>(line + (<usize>x << 1), <i16>(sum >> 9));
  }
}

function sums(row: usize, halved: i32, columnFrom: usize, columnWeights: usize, width: i32, columns: i32, line: usize): void {
  for (let x = 0; x < columns; x++) {
    const first = load<i32>(columnFrom + (<usize>x << 2));
    const weights = columnWeights + (<usize>(x * width) << 2);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      sum += <i32>load<u16>(row + (<usize>((first + k) >> halved) << 1)) * load<i32>(weights + (<usize>k << 2));
    }
    store<i16>(line + (<usize>x << 1), <i16>(sum >> 9));
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
