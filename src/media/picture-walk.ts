import { type PictureFormat, pictureFormat } from './content-kind.js';
import { JpegWalk, type WalkState } from './jpeg-walk.js';

/** Finds the end of a picture by what the picture itself says, as its bytes come. */
export interface PictureWalk {
  /** Behind the picture at the `end`, the other picture's first byte at the `next`. */
  readonly at: number;
  /** What breaks off here broke off: it is in no stretch that says how long it is. */
  readonly mayBreakOff: boolean;
  /** Behind the last bytes of which the picture itself says how many they are. */
  readonly sureUntil: number;
  /** @param bytes from the picture's first on; those given before must be among them */
  advance(bytes: Buffer): WalkState;
}

/** First bytes of the pictures that can be walked, as they stand in a stream. */
const SIGNATURES = [Buffer.from('ffd8ff', 'hex'), Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('RIFF')];
/** Bytes that tell whether a picture begins. */
export const SIGNATURE_BYTES = 12;

/** Where the first picture begins, -1 where none does. */
export function pictureStart(bytes: Buffer, from: number): number {
  let first = -1;
  for (const signature of SIGNATURES) {
    const before = first < 0 ? bytes : bytes.subarray(0, first);
    for (let at = before.indexOf(signature, from); at >= 0; at = before.indexOf(signature, at + 1)) {
      if (pictureFormat(bytes.subarray(at, at + SIGNATURE_BYTES)) === null) continue;
      first = at;
      break;
    }
  }
  return first;
}

/** @param format of the picture that is walked */
export function pictureWalk(format: PictureFormat): PictureWalk {
  if (format === 'jpeg') return new JpegWalk();
  return format === 'png' ? new PngWalk() : new WebpWalk();
}

/** From chunk to chunk up to IEND. */
class PngWalk implements PictureWalk {
  at = 8;
  readonly mayBreakOff = true;
  readonly sureUntil = 8;

  advance(bytes: Buffer): WalkState {
    while (this.at + 8 <= bytes.length) {
      const end = this.at + 12 + bytes.readUInt32BE(this.at);
      if (end > bytes.length) return 'more';
      const last = bytes.toString('latin1', this.at + 4, this.at + 8) === 'IEND';
      this.at = end;
      if (last) return 'end';
    }
    return 'more';
  }
}

/** Its first chunk says how long it is. */
class WebpWalk implements PictureWalk {
  at = 8;
  readonly mayBreakOff = true;
  readonly sureUntil = 8;

  advance(bytes: Buffer): WalkState {
    const size = bytes.readUInt32LE(4);
    const end = 8 + size + (size % 2);
    if (end > bytes.length) return 'more';
    this.at = end;
    return 'end';
  }
}
