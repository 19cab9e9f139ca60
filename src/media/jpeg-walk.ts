/** A segment of a JPEG: its marker, and where it lies. That of a scan (SOS) holds the scan's data too. */
export interface JpegSegment {
  /** Second byte of the marker: 0xda for SOS. */
  readonly marker: number;
  /** Of the marker's first byte, from the start of the picture. */
  readonly start: number;
  /** Behind its last byte. */
  end: number;
}

/** `more`: bytes are missing yet; `end`: behind EOI; `next`: another picture begins where this one ought to go on. */
export type WalkState = 'more' | 'end' | 'next' | 'broken';

export const SOS = 0xda;
const SOI = 0xd8;
const EOI = 0xd9;
/** A picture has twenty or thirty; nothing that has more is one. */
const MOST_SEGMENTS = 1000;

/** A marker that stands alone, without a length and data: restart markers, and TEM. */
const standsAlone = (marker: number) => (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01;

const MPF = Buffer.from('MPF\0', 'latin1');
const APP2 = 0xe2;
/** Of a picture, looked at for its first segments. */
const FIRST_BYTES = 65_536;

/** Whether a JPEG says that smaller versions of it, or other pictures, follow it in the same file (CIPA's multi-picture format). */
export function leadsOthers(bytes: Buffer): boolean {
  const first = bytes.subarray(0, FIRST_BYTES);
  for (let at = first.indexOf(MPF); at >= 4; at = first.indexOf(MPF, at + 1)) {
    if (first[at - 4] === 0xff && first[at - 3] === APP2) return true;
  }
  return false;
}

/**
 * Goes through a JPEG from segment to segment, as far as its bytes are there yet: a picture inside a segment (an EXIF
 * thumbnail) and whatever looks like a marker in a comment are passed over. Stray bytes between segments are no harm.
 */
export class JpegWalk {
  readonly segments: JpegSegment[] = [];
  /** How far it has got: behind EOI at the `end`, the other picture's first byte at the `next`. */
  at = 2;
  /** Behind the last bytes of which the picture itself says how many they are. */
  sureUntil = 2;
  #inScan = false;

  /** What breaks off here broke off in the scan: everywhere else the picture says how far it goes on. */
  get mayBreakOff(): boolean {
    return this.#inScan;
  }

  /**
   * Goes on.
   *
   * @param bytes from the picture's SOI on; those given before must be among them
   */
  advance(bytes: Buffer): WalkState {
    for (;;) {
      const marker = this.#inScan ? bytes.indexOf(0xff, this.at) : this.#markerAfterStray(bytes);
      if (marker < 0) {
        this.at = Math.max(this.at, bytes.length);
        return this.#extendScan(bytes.length, 'more');
      }
      this.at = marker;
      if (marker + 1 >= bytes.length) return this.#extendScan(marker, 'more');
      const state = this.#take(bytes, marker, bytes[marker + 1]!);
      if (state !== null) return state;
    }
  }

  /** @returns null where it goes on behind it */
  #take(bytes: Buffer, start: number, marker: number): WalkState | null {
    // fill bytes before a marker, a 0xff of the scan's own
    if (marker === 0xff) this.at = start + 1;
    else if (marker === 0x00 || standsAlone(marker)) this.at = start + 2;
    // some cameras write it twice
    else if (marker === SOI && this.segments.length === 0) this.at = start + 2;
    else if (marker === SOI) return this.#extendScan(start, 'next');
    else if (marker === EOI) {
      this.at = start + 2;
      return this.#extendScan(start, 'end');
    } else return this.#takeSegment(bytes, start, marker);
    return null;
  }

  #takeSegment(bytes: Buffer, start: number, marker: number): WalkState | null {
    this.#extendScan(start, 'more');
    if (start + 4 > bytes.length) return this.#waitAt(start);
    const end = start + 2 + bytes.readUInt16BE(start + 2);
    if (end < start + 4 || this.segments.length === MOST_SEGMENTS) return 'broken';
    if (end > bytes.length) return this.#waitAt(start);
    this.segments.push({ marker, start, end });
    this.#inScan = marker === SOS;
    this.at = end;
    this.sureUntil = end;
    return null;
  }

  #waitAt(start: number): WalkState {
    this.#inScan = false;
    this.at = start;
    return 'more';
  }

  #extendScan(end: number, state: WalkState): WalkState {
    if (this.#inScan) this.segments.at(-1)!.end = end;
    return state;
  }

  /** Of the next marker; most often it is here. */
  #markerAfterStray(bytes: Buffer): number {
    let at = bytes.indexOf(0xff, this.at);
    while (at >= 0 && at + 1 < bytes.length && bytes[at + 1] === 0x00) at = bytes.indexOf(0xff, at + 2);
    return at;
  }
}
