/** How far the picture reaches that vehicles are followed in, in pixels. */
export interface PictureExtent {
  readonly width: number;
  readonly height: number;
}
