/** A box to draw, in pixels of the picture. */
export interface PreviewBox {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly label: string;
  /** Which colour, counted from 0: the index of the class, for instance. Unset: one chosen by the label. */
  readonly colour?: number;
  /** 0..1 */
  readonly score?: number;
  readonly trackId?: number;
}

/** A line over which vehicles are counted, in pixels of the picture. */
export interface PreviewLine {
  readonly label: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** What crossing it to either side is called, seen from `from` towards `to`. */
  readonly left: string;
  readonly right: string;
}

/** An area in pixels of the picture. */
export interface PreviewZone {
  readonly label: string;
  readonly corners: readonly (readonly [x: number, y: number])[];
}

/** What is drawn over a picture. */
export interface PreviewDrawing {
  readonly boxes: readonly PreviewBox[];
  readonly lines?: readonly PreviewLine[];
  readonly zones?: readonly PreviewZone[];
}
