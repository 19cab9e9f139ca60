import type { CompressedFormat, CompressedPicture } from './wish.js';

/** What was compressed since the start. */
export class CompressionCounts {
  pictures = 0;
  /** Of these, encoded once only. */
  atOnce = 0;
  encodes = 0;
  bytes = 0;
  /** From the pixels to the file, ms in all; what others did on the cores meanwhile included. */
  ms = 0;
  readonly byFormat: Record<CompressedFormat, number> = { jpeg: 0, webp: 0, avif: 0 };

  /** @param ms it took */
  add({ format, bytes, encodes }: Pick<CompressedPicture, 'format' | 'bytes' | 'encodes'>, ms: number): void {
    this.pictures++;
    this.encodes += encodes;
    if (encodes === 1) this.atOnce++;
    this.bytes += bytes.length;
    this.ms += ms;
    this.byFormat[format]++;
  }
}
