/**
 * Copies rows that lie apart so that they lie close together.
 *
 * @param from the first byte of the first row @param stride bytes from row to row @param bytes of a row @param rows how many
 * @param to where they go: `bytes * rows`, none of them among those that are read
 */
export function packRows(from: usize, stride: i32, bytes: i32, rows: i32, to: usize): void {
  for (let row = 0; row < rows; row++) {
    copyRow(from, to, bytes);
    from += <usize>stride;
    to += <usize>bytes;
  }
}

function copyRow(from: usize, to: usize, bytes: i32): void {
  if (bytes < 16) {
    for (let at = 0; at < bytes; at++) store<u8>(to + <usize>at, load<u8>(from + <usize>at));
    return;
  }
  const last = bytes - 16;
  for (let at = 0; at < last; at += 16) v128.store(to + <usize>at, v128.load(from + <usize>at));
  // the end once more, with what is before it
  v128.store(to + <usize>last, v128.load(from + <usize>last));
}
