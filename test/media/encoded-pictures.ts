import sharp, { type JpegOptions, type Sharp } from 'sharp';

const WIDTH = 160;
const HEIGHT = 96;

/** A gradient with noise, 160x96: without noise a JPEG is so short that it has no middle to be cut in. */
function noisyGradient(): Sharp {
  let state = 1;
  const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (Math.floor(index / 3) % WIDTH) + (state >>> 27);
  });
  return sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

export function jpegPicture(options: JpegOptions = {}): Promise<Buffer> {
  return noisyGradient()
    .jpeg({ quality: 80, ...options })
    .toBuffer();
}

export function pngPicture(): Promise<Buffer> {
  return noisyGradient().png().toBuffer();
}

export function webpPicture(): Promise<Buffer> {
  return noisyGradient().webp().toBuffer();
}

/** A segment of a JPEG around any bytes. */
export function jpegSegment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** Puts bytes into a picture. */
export function inserted(picture: Buffer, at: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([picture.subarray(0, at), bytes, picture.subarray(at)]);
}

/** Where each scan of a JPEG begins: the offsets of its SOS markers. */
export function scansOf(jpeg: Buffer): number[] {
  const found: number[] = [];
  for (let at = jpeg.indexOf('ffda', 0, 'hex'); at >= 0; at = jpeg.indexOf('ffda', at + 2, 'hex')) found.push(at);
  return found;
}
