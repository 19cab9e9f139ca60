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
    memory.fill(sums, 0, <usize>width << 1);
    for (; y < endRow; y++) addRow(plane + <usize>(y * width), width, sums);
    let x = 0;
    for (let column = 0; column < across; column++) {
      const endColumn = load<i32>(columnEnds + (<usize>column << 2));
      let sum = 0;
      for (; x < endColumn; x++) sum += load<u16>(sums + (<usize>x << 1));
      store<i32>(to + (<usize>(row * across + column) << 2), sum);
    }
  }
}

function addRow(from: usize, width: i32, sums: usize): void {
  let x = 0;
  for (; x + 16 <= width; x += 16) {
    const p = v128.load(from + <usize>x);
    const out = sums + (<usize>x << 1);
    v128.store(out, i16x8.add(v128.load(out), i16x8.extend_low_i8x16_u(p)));
    v128.store(out, i16x8.add(v128.load(out, 16), i16x8.extend_high_i8x16_u(p)), 16);
  }
  for (; x < width; x++) {
    const out = sums + (<usize>x << 1);
    store<u16>(out, load<u16>(out) + load<u8>(from + <usize>x));
  }
}
