/** RGB24 pixels, rows top to bottom. */
export interface StillPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A part of a picture, and where it lies in it, in pixels of the frame. */
export interface Crop extends StillPixels {
  readonly left: number;
  readonly top: number;
}

/** Of the box's width and height, on each side: what stands around a vehicle says where it is. */
const MARGIN = 0.15;
/** Pixels along the longer side: a nearer vehicle is thinned out. */
const MOST_SIDE = 1280;

/** Whole pixels of a frame that hold a box with a margin around it; null where nothing of it is in the picture. */
export function cropArea(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  width: number,
  height: number,
): [left: number, top: number, right: number, bottom: number] | null {
  const [aroundX, aroundY] = [(x2 - x1) * MARGIN, (y2 - y1) * MARGIN];
  const left = Math.max(0, Math.floor(x1 - aroundX));
  const top = Math.max(0, Math.floor(y1 - aroundY));
  const right = Math.min(width, Math.ceil(x2 + aroundX));
  const bottom = Math.min(height, Math.ceil(y2 + aroundY));
  return right - left < 2 || bottom - top < 2 ? null : [left, top, right, bottom];
}

/**
 * A copy of a part of a picture: of one longer than 1280 pixels every so many rows and columns.
 *
 * @param room for so many bytes, all of which are written; default: new
 */
export function cutOut(
  rgb: Uint8Array,
  width: number,
  [left, top, right, bottom]: readonly [number, number, number, number],
  room: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Crop & { readonly thinning: number } {
  const thinning = Math.ceil(Math.max(right - left, bottom - top) / MOST_SIDE);
  const columns = Math.floor((right - left) / thinning);
  const rows = Math.floor((bottom - top) / thinning);
  const data = room(columns * rows * 3);
  // of a Buffer each row would be one as well, which costs as much as copying it
  const plain = new Uint8Array(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row * thinning) * width + left) * 3;
    if (thinning === 1) data.set(plain.subarray(from, from + columns * 3), row * columns * 3);
    else thinRow(rgb, from, { data, to: row * columns * 3, columns, thinning });
  }
  return { width: columns, height: rows, data, left, top, thinning };
}

function thinRow(
  rgb: Uint8Array,
  from: number,
  { data, to, columns, thinning }: { data: Uint8Array; to: number; columns: number; thinning: number },
): void {
  for (let column = 0; column < columns; column++) {
    const [source, target] = [from + column * thinning * 3, to + column * 3];
    data[target] = rgb[source]!;
    data[target + 1] = rgb[source + 1]!;
    data[target + 2] = rgb[source + 2]!;
  }
}
