import type { CoderName } from './coders.js';
import { Correction } from './correction.js';

/** What was learned of the forecasts of one coder for pictures of one kind of one camera. */
export interface LearntCoder {
  readonly bytes: Correction;
  readonly damage: Correction;
}

/** Kinds of pictures that are remembered; of 64 cameras, with and without regions, in three formats. */
const MOST = 1024;

/** What was learned, by camera, kind of picture and coder; the oldest is forgotten where there is too much. */
export class CameraMemory {
  readonly #known = new Map<string, LearntCoder>();

  /** @param kind pictures of one kind are prepared alike */
  of(camera: string, kind: string, coder: CoderName): LearntCoder {
    const key = `${camera}\n${kind}\n${coder}`;
    const known = this.#known.get(key) ?? { bytes: new Correction(), damage: new Correction() };
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    return known;
  }
}
