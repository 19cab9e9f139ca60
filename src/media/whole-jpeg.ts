import { type JpegSegment, JpegWalk, SOS } from './jpeg-walk.js';

const END = Buffer.from([0xff, 0xd9]);
const COEFFICIENTS = 64;
/** Start of frame: what follows is a progressive picture's. */
const PROGRESSIVE = new Set([0xc2, 0xc6, 0xca, 0xce]);

/**
 * A JPEG as a strict decoder takes it: without stray bytes between its segments, with its end marker, and with the
 * spectral selection that a sequential picture must have (cheap encoders write 0). What is left to complain about is damage.
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
  const patched = progressive ? [] : segments.filter((segment) => hasOddSelection(bytes, segment));
  const gapless = segments.every(({ start }, index) => start === (index === 0 ? 2 : segments[index - 1]!.end));
  if (state === 'end' && gapless && patched.length === 0) return bytes;
  const whole = Buffer.concat([
    bytes.subarray(0, 2),
    ...segments.map(({ start, end }) => bytes.subarray(start, end)),
    END,
  ]);
  if (patched.length > 0) selectAll(whole);
  return whole;
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

function hasOddSelection(bytes: Buffer, { marker, start }: JpegSegment): boolean {
  if (marker !== SOS) return false;
  const at = start + 5 + 2 * bytes[start + 4]!;
  return bytes[at] !== 0 || bytes[at + 1] !== COEFFICIENTS - 1 || bytes[at + 2] !== 0;
}

/** Lets each scan of a sequential picture hold all coefficients, in its own bytes. */
function selectAll(jpeg: Buffer): void {
  const walk = new JpegWalk();
  walk.advance(jpeg);
  for (const { marker, start } of walk.segments) {
    if (marker === SOS) jpeg.set([0, COEFFICIENTS - 1, 0], start + 5 + 2 * jpeg[start + 4]!);
  }
}
