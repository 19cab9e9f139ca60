import { type JpegSegment, JpegWalk, SOS } from './jpeg-walk.js';

const END = Buffer.from([0xff, 0xd9]);
const COEFFICIENTS = 64;
const APP14 = 0xee;
/** Where Adobe's segment says how its colours are coded. */
const ADOBE_TRANSFORM = 15;
/** Start of frame: what follows is a progressive picture's. */
const PROGRESSIVE = new Set([0xc2, 0xc6, 0xca, 0xce]);

/**
 * A JPEG as a strict decoder takes it: without stray bytes between its segments, with its end marker, and without the two
 * slips of cheap encoders that harm no picture. What a decoder complains about then is damage.
 *
 * @param bytes from SOI on
 * @throws Error where whole scans are missing, which no decoder complains about: it shows a blurred or colourless picture
 */
export function wholeJpeg(bytes: Buffer): Buffer {
  const walk = new JpegWalk();
  const state = walk.advance(bytes);
  const { segments } = walk;
  if (!segments.some(({ marker }) => marker === SOS)) throw new Error('the JPEG is cut off before its picture begins');
  const frame = segments.find(({ marker }) => isFrame(marker));
  if (frame) checkScans(bytes, frame, segments);
  const progressive = frame !== undefined && PROGRESSIVE.has(frame.marker);
  const given = segments.map(({ start, end }) => bytes.subarray(start, end));
  const mended = given.map((segment) => withoutSlips(segment, progressive));
  const gapless = segments.every(({ start }, index) => start === (index === 0 ? 2 : segments[index - 1]!.end));
  if (state === 'end' && gapless && mended.every((segment, index) => segment === given[index])) return bytes;
  return Buffer.concat([bytes.subarray(0, 2), ...mended, END]);
}

/** @returns the segment itself where there is nothing to mend */
function withoutSlips(segment: Buffer, progressive: boolean): Buffer {
  if (segment[1] === SOS && !progressive) {
    // a scan of a sequential picture holds all coefficients, whatever it says
    const at = 5 + 2 * segment[4]!;
    const right = [0, COEFFICIENTS - 1, 0];
    const fits = at + right.length === 2 + segment.readUInt16BE(2);
    const isRight = right.every((value, index) => segment[at + index] === value);
    return !fits || isRight ? segment : overwritten(segment, at, right);
  }
  const adobe = segment[1] === APP14 && segment.toString('latin1', 4, 9) === 'Adobe';
  // a colour transform that nobody knows is taken for the usual one
  return adobe && segment[ADOBE_TRANSFORM]! > 2 ? overwritten(segment, ADOBE_TRANSFORM, [1]) : segment;
}

function overwritten(segment: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(segment);
  copy.set(bytes, at);
  return copy;
}

/** SOF0 to SOF15; DHT, JPG and DAC lie among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** @throws Error unless the scans bring every coefficient of every component in full */
function checkScans(bytes: Buffer, frame: JpegSegment, segments: readonly JpegSegment[]): void {
  const progressive = PROGRESSIVE.has(frame.marker);
  /** By component: the bits of each coefficient that are still to come. */
  const missing = new Map<number, Uint8Array>();
  for (let at = frame.start + 10; at + 3 <= frame.end; at += 3) {
    missing.set(bytes[at]!, new Uint8Array(COEFFICIENTS).fill(COEFFICIENTS));
  }
  for (const { marker, start } of segments) {
    if (marker !== SOS) continue;
    const count = bytes[start + 4]!;
    const [first, last, approximation] = bytes.subarray(start + 5 + 2 * count, start + 8 + 2 * count);
    for (let index = 0; index < count; index++) {
      const component = missing.get(bytes[start + 5 + 2 * index]!);
      if (progressive) component?.fill(approximation! & 15, first, last! + 1);
      else component?.fill(0);
    }
  }
  const complete = [...missing.values()].every((bits) => bits.every((left) => left === 0));
  if (!complete) throw new Error('the JPEG is cut off: some of its scans are missing');
}
