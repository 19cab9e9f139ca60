import type { CompressedFormat, CompressedPicture } from './wish.js';

/** The part that the newest picture has in a mean. */
const NEWEST = 0.1;

/** What was compressed since the start. */
export class CompressionCounts {
  pictures = 0;
  /** Of these, encoded once only. */
  atOnce = 0;
  encodes = 0;
  bytes = 0;
  /** From the pixels to the file, ms in all; what others did on the cores meanwhile included. */
  ms = 0;
  /** By how much smaller than plain JPEG the last ones came out, natural logarithm, as far as can be foretold; null before any did. */
  saved: number | null = null;
  readonly byFormat: Record<CompressedFormat, number> = { jpeg: 0, webp: 0, avif: 0 };

  /** @param ms it took @param logPlain logarithm of the bytes that plain JPEG would have; null: nothing tells */
  add(
    { format, bytes, encodes }: Pick<CompressedPicture, 'format' | 'bytes' | 'encodes'>,
    ms: number,
    logPlain: number | null,
  ): void {
    this.pictures++;
    this.encodes += encodes;
    if (encodes === 1) this.atOnce++;
    this.bytes += bytes.length;
    this.ms += ms;
    this.byFormat[format]++;
    if (logPlain === null) return;
    const now = logPlain - Math.log(bytes.length);
    this.saved = this.saved === null ? now : this.saved + NEWEST * (now - this.saved);
  }
}
