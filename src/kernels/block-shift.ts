/** How blocks lie elsewhere: pixels in the middle of the plane, radians about it, and a share by which they are further apart. */
export interface BlockShift {
  readonly x: number;
  readonly y: number;
  readonly turn: number;
  readonly growth: number;
}
