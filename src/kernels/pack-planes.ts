import { type Kernels, kernels } from './kernels.js';

/** Rows of a plane that lie apart. */
export interface RowsApart {
  /** Of the first row, in the source. */
  readonly from: number;
  /** Bytes from row to row. */
  readonly stride: number;
  /** Bytes of a row. */
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Copies rows of planes close together, one plane after the other. Pixels in the memory of the kernels are packed there and taken out at
 * once: in plain TypeScript each row costs a view, which is more than to copy it.
 *
 * @param to so many bytes as all rows have
 */
export function packPlanes(source: Uint8Array, planes: readonly RowsApart[], to: Uint8Array): void {
  const { compiled } = kernels();
  if (compiled !== null && compiledPackRows(source, planes, to, compiled)) return;
  plainPackRows(source, planes, to);
}

/** @returns false where the source does not lie in the memory, or too much is copied at once; nothing is done then */
export function compiledPackRows(
  source: Uint8Array,
  planes: readonly RowsApart[],
  to: Uint8Array,
  { memory, packRows: pack }: Kernels,
): boolean {
  const address = memory.addressOf(source);
  if (address === null) return false;
  const place = memory.scratch();
  const packed = place.room(to.length);
  if (!place.fits) return false;
  let at = packed;
  for (const { from, stride, bytes, rows } of planes) {
    pack(address + from, stride, bytes, rows, at);
    at += bytes * rows;
  }
  memory.copyOut(packed, to.length, 1, to, to.length);
  return true;
}

/** The same without WebAssembly. */
export function plainPackRows(source: Uint8Array, planes: readonly RowsApart[], to: Uint8Array): void {
  // of a Buffer each row would be one as well, which costs as much as copying it
  const plain = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  for (const { from, stride, bytes, rows } of planes) {
    for (let row = 0, begin = from; row < rows; row++, begin += stride, at += bytes) {
      to.set(plain.subarray(begin, begin + bytes), at);
    }
  }
}
