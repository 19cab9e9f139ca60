import { MotionByPlace } from './motion-by-place.js';
import type { PictureExtent } from './picture-extent.js';
import { SizesByPlace } from './sizes-by-place.js';

/** What one camera's vehicles taught of where they were in its picture. */
export class CameraPlaces {
  readonly sizes: SizesByPlace;
  readonly motion: MotionByPlace;

  constructor(picture: PictureExtent) {
    this.sizes = new SizesByPlace(picture);
    this.motion = new MotionByPlace(picture);
  }

  /** The camera moved: everything lies so many pixels further to the right and down. */
  shift(right: number, down: number): void {
    this.sizes.shift(right, down);
    this.motion.shift(right, down);
  }

  /** The camera was turned. */
  forget(): void {
    this.sizes.forget();
    this.motion.forget();
  }
}
