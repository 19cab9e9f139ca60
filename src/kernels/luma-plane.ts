/** A brightness per pixel, which is read where it is. */
export interface LumaPlane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Of the first value in `data`, bytes; and from one value to the next in its row. */
  readonly first: number;
  readonly step: number;
}
