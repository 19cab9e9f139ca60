import { ByteReader, ByteWriter, varintLength } from './varint.js';

/** The chunks of points that one series got; none: what it got before is in its block, and no more to be read here. */
export interface SeriesChunks {
  readonly series: number;
  /** Of which resolution: an index of RESOLUTIONS. */
  readonly level: number;
  readonly chunks: Uint8Array;
}

/** A series and a resolution are one number, the resolution in its lowest two bits. */
const LEVELS = 4;

/** What all series got, as the bytes of one row: of each its number and resolution, how many bytes, these. */
export function encodeJournal(entries: readonly SeriesChunks[]): Buffer {
  let length = 0;
  for (const { series, chunks } of entries) {
    length += varintLength(series * LEVELS) + varintLength(chunks.length) + chunks.length;
  }
  const writer = new ByteWriter(Buffer.allocUnsafe(length));
  for (const { series, level, chunks } of entries) {
    writer.varint(series * LEVELS + level);
    writer.varint(chunks.length);
    writer.bytes(chunks);
  }
  return writer.written();
}

/** @throws RangeError where the bytes are no such row */
export function decodeJournal(bytes: Uint8Array): SeriesChunks[] {
  const entries: SeriesChunks[] = [];
  const reader = new ByteReader(bytes);
  while (!reader.isAtEnd) {
    const what = reader.varint();
    entries.push({ series: Math.floor(what / LEVELS), level: what % LEVELS, chunks: reader.bytes(reader.varint()) });
  }
  return entries;
}
