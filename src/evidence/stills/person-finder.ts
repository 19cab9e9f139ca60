import type { StillPixels } from './crop.js';

/** Finds persons in a picture. */
export interface PersonFinder {
  /** Whether the model that answers has a class for them; null while none is loaded. */
  readonly knowsPersons: boolean | null;
  /** Boxes in pixels of the picture. @throws whatever keeps it from being looked at */
  find(picture: StillPixels): Promise<readonly (readonly [number, number, number, number])[]>;
}
