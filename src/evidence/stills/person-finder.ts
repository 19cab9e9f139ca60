import type { StillPixels } from './crop.js';

/** A person, as far as a model can tell. */
export interface FoundPerson {
  /** In pixels of the picture. */
  readonly box: readonly [number, number, number, number];
  /** 0..1 */
  readonly score: number;
}

/** Finds persons in a picture. */
export interface PersonFinder {
  /** Whether the model that answers has a class for them; null while none is loaded. */
  readonly knowsPersons: boolean | null;
  /** Rather one too many than one too few. @throws whatever keeps it from being looked at */
  find(picture: StillPixels): Promise<readonly FoundPerson[]>;
}
