import { describeContent, pictureFormat } from '../media/content-kind.js';
import { leadsOthers } from '../media/jpeg-walk.js';
import { type PictureWalk, pictureStart, pictureWalk, SIGNATURE_BYTES } from '../media/picture-walk.js';
import { GrowingBuffer } from './growing-buffer.js';
import { PartHeader } from './part-header.js';

/** Of what stands between two pictures without a line break. */
const LONGEST_TEXT = 8192;
/** Of the first bytes, kept to say what they are. */
const SAMPLE_BYTES = 512;

export interface MjpegEvents {
  /** Gets each picture; its bytes are overwritten after the call. */
  readonly onPicture: (bytes: Buffer) => void;
  /** Something that ought to be a picture is none, or is too long; why, in words. */
  readonly onMalformed: (reason: string) => void;
}

/**
 * Finds the pictures of a `multipart/x-mixed-replace` stream (MJPEG over HTTP), or of any other bytes with pictures among
 * them. It goes by what the pictures themselves say: boundary, lengths and headers are wrong with many cameras, and are
 * needed only for a picture that breaks off or lacks its end marker. Holds one picture at most; longer ones are left out.
 */
export class MjpegParser {
  readonly #announced: string | null;
  readonly #maxBytes: number;
  readonly #events: MjpegEvents;
  readonly #buffer = new GrowingBuffer();
  readonly #part: PartHeader;
  #sample = Buffer.alloc(0);
  #walk: PictureWalk | null = null;
  /** Bytes already searched for what is looked for now. */
  #searched = 0;
  /** The part that is read said to be a picture, and none was found in it yet. */
  #owesPicture = false;
  #pictures = 0;
  /** Since the last picture. */
  #bytes = 0;
  #parts = 0;
  #lastType: string | null = null;
  /** The last picture leads others, which are no pictures of the stream, up to the next part. */
  #leads = false;
  /** What was malformed since the last picture. */
  #refusal: string | null = null;

  /**
   * @param announced boundary of the content type, with or without its leading `--`, null where there is none
   * @param maxBytes of one picture
   */
  constructor(announced: string | null, maxBytes: number, events: MjpegEvents) {
    this.#announced = announced;
    this.#maxBytes = maxBytes;
    this.#events = events;
    this.#part = new PartHeader(announced);
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#sample.length < SAMPLE_BYTES) {
      this.#sample = Buffer.concat([this.#sample, chunk.subarray(0, SAMPLE_BYTES - this.#sample.length)]);
    }
    this.#buffer.append(chunk);
    while (this.#walk ? this.#readPicture(this.#walk) : this.#readText()) {}
  }

  /** The stream is over: a picture without an end marker ends here. */
  end(): void {
    const walk = this.#walk;
    const { bytes } = this.#buffer;
    if (!walk) {
      this.#takeLines(bytes.length);
      return;
    }
    this.#searched = 0;
    this.#deliver(this.#brokenOffAt(walk, bytes, bytes.length) ?? bytes.length);
  }

  /** Bytes that came without a picture; 0 while that is as it should be between two. */
  get fruitlessBytes(): number {
    const waiting = this.#walk === null && this.#parts > 1;
    return this.#pictures === 0 || waiting ? this.#bytes : 0;
  }

  /** Why there is no picture, in words. */
  get problem(): string {
    const { boundary } = this.#part;
    if (this.#walk) return `a picture does not end: ${this.#bytes} bytes came of it`;
    const what = `${this.#bytes} bytes came without a ${this.#pictures > 0 ? 'further ' : ''}picture among them`;
    const type = this.#lastType === null ? '' : `, the last part is ${this.#lastType}`;
    const announced = this.#announced === null ? 'none' : JSON.stringify(this.#announced);
    const seen = boundary === null ? 'none' : JSON.stringify(boundary);
    const refusal = this.#refusal === null ? '' : `: ${this.#refusal}`;
    return `${what}${refusal}${type}; boundary announced: ${announced}, seen: ${seen}; what came first: ${describeContent(this.#sample)}`;
  }

  /** @returns whether a picture begins */
  #readText(): boolean {
    const { bytes } = this.#buffer;
    const start = pictureStart(bytes, Math.max(0, this.#searched - SIGNATURE_BYTES));
    this.#searched = bytes.length;
    // a PNG's signature has line breaks in it
    const end = start >= 0 ? start : bytes.subarray(0, Math.max(0, bytes.length - SIGNATURE_BYTES)).lastIndexOf(10) + 1;
    if (end > 0) this.#takeLines(end);
    else if (start < 0 && bytes.length > LONGEST_TEXT) this.#consume(bytes.length - SIGNATURE_BYTES);
    if (start < 0) return false;
    this.#walk = pictureWalk(pictureFormat(this.#buffer.bytes)!);
    return true;
  }

  #takeLines(end: number): void {
    for (const line of this.#buffer.bytes.toString('latin1', 0, end).split('\n')) this.#takeLine(line);
    this.#consume(end);
  }

  #takeLine(line: string): void {
    if (this.#part.take(line)) this.#beginPart();
    const { type } = this.#part;
    if (type === null) return;
    this.#lastType = type;
    this.#owesPicture = type.startsWith('image/');
  }

  #beginPart(): void {
    if (this.#owesPicture) this.#refuse(`a part of ${this.#lastType} holds no picture`);
    this.#owesPicture = false;
    this.#parts++;
  }

  /** @returns whether it is over */
  #readPicture(walk: PictureWalk): boolean {
    const { bytes } = this.#buffer;
    const limit = this.#limit(bytes);
    const visible = bytes.subarray(0, Math.min(limit.at, bytes.length));
    const state = walk.advance(visible);
    if (state === 'end') return this.#deliver(walk.at);
    if (state === 'next') return this.#deliver(this.#brokenOffAt(walk, bytes, walk.at) ?? walk.at);
    if (state === 'broken') return this.#giveUp(2, 'a picture makes no sense');
    if (limit.sure) return this.#deliver(limit.at);
    const end = walk.mayBreakOff && !Number.isFinite(limit.at) ? this.#brokenOffAt(walk, bytes, bytes.length) : null;
    if (end !== null) return this.#deliver(end);
    return bytes.length > this.#maxBytes && this.#giveUp(bytes.length - SIGNATURE_BYTES, this.#tooLong);
  }

  /** How far the part goes as it says, `sure` where the next one begins there; where it does not, it is not believed. */
  #limit(bytes: Buffer): { at: number; sure: boolean } {
    const { length, boundary } = this.#part;
    if (length === null || length === 0 || length > this.#maxBytes)
      return { at: Number.POSITIVE_INFINITY, sure: false };
    if (boundary === null || bytes.length < length) return { at: length, sure: false };
    const behind = bytes.toString('latin1', length, length + boundary.length + 2).trimStart();
    if (behind.startsWith(boundary)) return { at: length, sure: true };
    if (boundary.startsWith(behind)) return { at: length, sure: false };
    this.#part.length = null;
    return { at: Number.POSITIVE_INFINITY, sure: false };
  }

  /** Where the next part begins before `end`: not in a segment, which may hold anything. */
  #brokenOffAt({ sureUntil }: PictureWalk, bytes: Buffer, end: number): number | null {
    const { boundary } = this.#part;
    if (boundary === null) return null;
    const delimiter = `\n${boundary}`;
    const from = Math.max(sureUntil, this.#searched - delimiter.length);
    const found = bytes.subarray(0, end).indexOf(delimiter, from, 'latin1');
    this.#searched = end;
    if (found < 0) return null;
    return bytes[found - 1] === 13 ? found - 1 : found;
  }

  get #tooLong(): string {
    return `a picture of more than ${this.#maxBytes} bytes was refused (capture.maxImageBytes)`;
  }

  #deliver(end: number): true {
    if (end > this.#maxBytes) return this.#giveUp(end, this.#tooLong);
    const picture = this.#buffer.bytes.subarray(0, end);
    if (this.#leads && this.#parts === 0 && this.#part.boundary !== null) return this.#leave(end);
    this.#leads = leadsOthers(picture);
    this.#events.onPicture(picture);
    this.#pictures++;
    this.#bytes = this.#buffer.bytes.length - end;
    this.#parts = 0;
    this.#refusal = null;
    return this.#leave(end);
  }

  #giveUp(end: number, reason: string): true {
    this.#refuse(reason);
    return this.#leave(end);
  }

  #refuse(reason: string): void {
    this.#refusal = reason;
    this.#events.onMalformed(reason);
  }

  #leave(end: number): true {
    this.#walk = null;
    this.#owesPicture = false;
    this.#part.close();
    this.#consume(end);
    return true;
  }

  #consume(bytes: number): void {
    this.#buffer.consume(bytes);
    this.#searched = 0;
  }
}
