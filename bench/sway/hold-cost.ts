import { BLOCKS, emptySignature } from '../../src/answer/scene/grid.js';
import { CameraSway } from '../../src/answer/sway/camera-sway.js';
import { SteadyPicture } from '../../src/answer/sway/steady-picture.js';
import { brightnessOf } from '../../src/answer/tracking/luma-picture.js';
import type { Frame } from '../../src/frame/frame.js';
import { median } from '../harness/statistics.js';

/** What it takes to hold a camera still, beside what its pictures take anyway. Medians: other programs run here too. */
export class HoldCost {
  readonly #sway: CameraSway;
  readonly #signature = emptySignature();
  readonly #held: SteadyPicture;
  readonly #plain: SteadyPicture;
  /** ms per picture: the estimate alone, all that is done to hold it, and what is done without. */
  readonly #estimates: number[] = [];
  readonly #holding: number[] = [];
  readonly #reading: number[] = [];
  #swaying = 0;
  #seen = 0;

  constructor(frame: Frame) {
    this.#sway = new CameraSway(frame);
    this.#held = new SteadyPicture(frame, new Uint8Array(BLOCKS));
    this.#plain = new SteadyPicture(frame, new Uint8Array(BLOCKS), false);
  }

  see(frame: Frame): void {
    const estimate = took(() => this.#sway.measure(brightnessOf(frame)));
    const reading = took(() => this.#plain.take(frame, this.#signature));
    const holding = took(() => this.#held.take(frame, this.#signature));
    this.#seen++;
    if (!this.#held.sways) return;
    this.#swaying++;
    this.#estimates.push(estimate);
    this.#reading.push(reading);
    this.#holding.push(holding);
  }

  /** Share of the pictures in which the camera was held. */
  get heldShare(): number {
    return this.#swaying / Math.max(1, this.#seen);
  }

  /** ms a picture of a camera that sways; null of one that does not. */
  get estimateMs(): number | null {
    return this.#swaying === 0 ? null : median(this.#estimates);
  }

  /** The same of all that is done: the estimate, and blocks where the scene lies, less blocks where they always lie. */
  get holdingMs(): number | null {
    return this.#swaying === 0 ? null : median(this.#holding) - median(this.#reading);
  }
}

function took(work: () => void): number {
  const beganAt = performance.now();
  work();
  return performance.now() - beganAt;
}
