/** The score is a value that wanders as the vehicle moves (variance per size) and with time (per inference), measured with noise. */
const PER_SIZE = 0.02;
const PER_INFERENCE = 0.001;
const NOISE = 0.01;

/** Estimate of the score that an inference would give a vehicle now. */
export class ScoreEstimate {
  value: number;
  #variance = NOISE;
  /** Where the vehicle's middle was at the last measurement, pixels. */
  #x: number;
  #y: number;

  constructor(score: number, x: number, y: number) {
    this.value = score;
    this.#x = x;
    this.#y = y;
  }

  /** The camera moved, and the vehicle in its picture with it. */
  shift(right: number, down: number): void {
    this.#x += right;
    this.#y += down;
  }

  /** @param size of the vehicle, pixels: the unit that it has moved in */
  measure(score: number, x: number, y: number, size: number): void {
    const moved = Math.hypot(x - this.#x, y - this.#y) / size;
    this.#x = x;
    this.#y = y;
    this.#variance += PER_SIZE * moved + PER_INFERENCE;
    const gain = this.#variance / (this.#variance + NOISE);
    this.value += gain * (score - this.value);
    this.#variance *= 1 - gain;
  }
}
