/**
 * A picture as single brightness values. The green channel stands for luma: it carries most of it, and reading it where
 * it is costs no conversion.
 */
export interface LumaPicture {
  readonly width: number;
  readonly height: number;
  /** RGB24, `width * height * 3` bytes. */
  readonly data: Uint8Array;
}

/** Brightness 0..255 at a point in pixels, interpolated between four; beyond the edge as at the edge. */
export function sample({ width, height, data }: LumaPicture, x: number, y: number): number {
  const px = x < 0 ? 0 : x > width - 1.001 ? width - 1.001 : x;
  const py = y < 0 ? 0 : y > height - 1.001 ? height - 1.001 : y;
  const left = px | 0;
  const top = py | 0;
  const fx = px - left;
  const row = width * 3;
  const at = top * row + left * 3 + 1;
  const above = data[at]! + (data[at + 3]! - data[at]!) * fx;
  const below = data[at + row]! + (data[at + row + 3]! - data[at + row]!) * fx;
  return above + (below - above) * (py - top);
}
