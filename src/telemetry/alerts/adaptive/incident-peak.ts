import type { NumberTape } from './number-tape.js';

/** So many values are one incident. */
const INCIDENT_VALUES = 120;

/** Makes one alarm of one incident: within 120 values only a score that is higher than all before it is news. */
export class IncidentPeak {
  #peak = 0;
  #sincePeak = 0;

  /** The score where it is news, else 0. */
  news(score: number): number {
    if (++this.#sincePeak > INCIDENT_VALUES) this.#peak = 0;
    if (score <= this.#peak) return 0;
    this.#peak = score;
    this.#sincePeak = 0;
    return score;
  }

  save(tape: NumberTape): void {
    tape.write(this.#peak, this.#sincePeak);
  }

  load(tape: NumberTape): void {
    this.#peak = tape.read();
    this.#sincePeak = tape.read();
  }
}
