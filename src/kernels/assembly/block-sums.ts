/**
 * Sums of a plane over a grid of blocks, all pixels of each.
 *
 * @param plane rows of `width` bytes @param columnEnds per block of a row the column behind its last, int32, ascending; `across` of them
 * @param rowEnds the same for rows, `down` of them; no block more than 257 rows high
 * @param sums of the columns of one row of blocks: room for `width` 16-bit numbers, and 32 bytes more
 * @param to `across * down` int32
 */
export function blockSums(
  plane: usize, width: i32, columnEnds: usize, across: i32, rowEnds: usize, down: i32, sums: usize, to: usize,
): void {
  let y = 0;
  for (let row = 0; row < down; row++) {
    const endRow = load<i32>(rowEnds + (<usize>row << 2));
    addRows(plane + <usize>(y * width), width, endRow - y, sums);
    y = max(y, endRow);
    let x = 0;
    for (let column = 0; column < across; column++) {
      const endColumn = load<i32>(columnEnds + (<usize>column << 2));
      // in the first two lanes; the others stay 0
      let pairs = i32x4.splat(0);
      for (; x + 4 <= endColumn; x += 4) {
        pairs = i32x4.add(pairs, i32x4.extadd_pairwise_i16x8_u(v128.load64_zero(sums + (<usize>x << 1))));
      }
      let sum = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
      for (; x < endColumn; x++) sum += load<u16>(sums + (<usize>x << 1));
      store<i32>(to + (<usize>(row * across + column) << 2), sum);
    }
  }
}

/** Sums of each column of some rows. A strip of columns stays in registers from the first row to the last. */
function addRows(from: usize, width: i32, rows: i32, sums: usize): void {
  let x = 0;
  for (; x + 32 <= width; x += 32) {
    let a = i16x8.splat(0), b = a, c = a, d = a;
    let at = from + <usize>x;
    for (let y = 0; y < rows; y++) {
      const left = v128.load(at), right = v128.load(at, 16);
      a = i16x8.add(a, i16x8.extend_low_i8x16_u(left));
      b = i16x8.add(b, i16x8.extend_high_i8x16_u(left));
      c = i16x8.add(c, i16x8.extend_low_i8x16_u(right));
      d = i16x8.add(d, i16x8.extend_high_i8x16_u(right));
      at += <usize>width;
    }
    const out = sums + (<usize>x << 1);
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
  for (; x < width; x++) {
    let sum = 0;
    for (let y = 0; y < rows; y++) sum += load<u8>(from + <usize>(y * width + x));
    store<u16>(sums + (<usize>x << 1), sum);
  }
}
