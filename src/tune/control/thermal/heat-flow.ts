import { DriftingRegression } from '../drifting-regression.js';

/** s in which a part of the heat has reached 63 % of what it will: the chip, its sink, the board, the cabinet. */
const TIME_CONSTANTS = [8, 45, 240, 1200] as const;
/** °C a watt makes by each of them before anything was seen; a fan makes the sum 1.5, a closed case 10. */
const RISE = [0.8, 0.9, 0.9, 0.6];
const RISE_SD = [1, 1.2, 1.2, 0.8];
const SURROUNDINGS = 0;
const FIRST_RISE = 1;
const SIZE = FIRST_RISE + TIME_CONSTANTS.length;
/** °C of a reading: noise and steps of the sensor. */
const READING_SD = 0.4;
/** °C by which the surroundings wander in a minute, and the part of a change that is off: real boards are no sum of four. */
const WANDER_SD = 0.8;
const UNLIKE = 0.25;
const LONGEST_STEP_S = 3600;

/** Temperature at some time to come, as a straight line over the power drawn until then. */
export interface HeatLine {
  /** °C at no power. */
  base: number;
  /** °C a watt. */
  perWatt: number;
}

/**
 * The temperature of the board, by the power that heats it: T = surroundings + Σ Rᵢ·vᵢ, where vᵢ is the power as it was
 * lately, smoothed over the i-th time constant. The Rᵢ are never negative, so no reading makes an impossible board of it.
 * The surroundings (ambient, sun on the cabinet, a fan that stopped) wander. A trend of theirs was tried and made the forecasts of
 * real boards no better: what changes within minutes is the power.
 */
export class HeatFlow {
  readonly #regression = new DriftingRegression([
    { start: 30, sd: 15, drift: 0.5, returnS: Number.POSITIVE_INFINITY, least: -45, most: 110, jumps: true },
    ...TIME_CONSTANTS.map((_, i) => ({
      start: RISE[i]!,
      sd: RISE_SD[i]!,
      drift: RISE_SD[i]! / 30,
      returnS: Number.POSITIVE_INFINITY,
      least: 0,
      most: 20,
      jumps: false,
    })),
  ]);
  readonly #smoothed = new Float64Array(TIME_CONSTANTS.length);
  readonly #row = new Float64Array(SIZE);
  #isStarted = false;

  /** Whether a temperature was ever learnt from. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Lets `seconds` go by at a power of `watts`. */
  advance(seconds: number, watts: number): void {
    if (!this.#isStarted) {
      this.#smoothed.fill(watts);
      return;
    }
    const step = Math.min(seconds, LONGEST_STEP_S);
    if (!(step > 0)) return;
    this.#regression.advance(step);
    for (let i = 0; i < TIME_CONSTANTS.length; i++) {
      const kept = Math.exp(-step / TIME_CONSTANTS[i]!);
      this.#smoothed[i] = watts + (this.#smoothed[i]! - watts) * kept;
    }
  }

  /** Learns from a reading. */
  learn(temperature: number): void {
    this.#isStarted = true;
    this.#regression.learn(this.#rowNow(), temperature, READING_SD);
  }

  /** °C that the power of lately makes, surroundings left out. */
  get heated(): number {
    let sum = 0;
    for (let i = 0; i < TIME_CONSTANTS.length; i++)
      sum += this.#regression.values[FIRST_RISE + i]! * this.#smoothed[i]!;
    return sum;
  }

  /** °C now. */
  get now(): number {
    return this.#regression.expect(this.#rowNow());
  }

  /** Temperature `seconds` ahead over the power drawn until then. */
  line(seconds: number, into: HeatLine): void {
    const { values } = this.#regression;
    into.base = values[SURROUNDINGS]!;
    into.perWatt = 0;
    for (let i = 0; i < TIME_CONSTANTS.length; i++) {
      const kept = Math.exp(-seconds / TIME_CONSTANTS[i]!);
      into.base += values[FIRST_RISE + i]! * this.#smoothed[i]! * kept;
      into.perWatt += values[FIRST_RISE + i]! * (1 - kept);
    }
  }

  /** Standard deviation of the temperature `seconds` ahead, °C, at a power of `watts`. */
  sd(seconds: number, watts: number): number {
    this.#rowAhead(seconds, watts);
    const change = this.#regression.expect(this.#row) - this.now;
    this.#rowAhead(seconds, watts);
    const known = this.#regression.variance(this.#row);
    return Math.sqrt(known + (WANDER_SD ** 2 * seconds) / 60 + (UNLIKE * change) ** 2);
  }

  /** °C a watt makes in the long run. */
  get rise(): number {
    let sum = 0;
    for (let i = 0; i < TIME_CONSTANTS.length; i++) sum += this.#regression.values[FIRST_RISE + i]!;
    return sum;
  }

  /** The Rᵢ, each with its standard deviation; what else is known passes within minutes. */
  save(): [number, number][] {
    return TIME_CONSTANTS.map((_, i) => [
      this.#regression.values[FIRST_RISE + i]!,
      this.#regression.sd(FIRST_RISE + i),
    ]);
  }

  restore(rises: readonly (readonly [number, number])[]): void {
    for (const [i, [rise, sd]] of rises.entries()) {
      if (i < TIME_CONSTANTS.length) this.#regression.restore(FIRST_RISE + i, rise, sd);
    }
  }

  #rowAhead(seconds: number, watts: number): void {
    this.#row[SURROUNDINGS] = 1;
    for (let i = 0; i < TIME_CONSTANTS.length; i++) {
      const kept = Math.exp(-seconds / TIME_CONSTANTS[i]!);
      this.#row[FIRST_RISE + i] = watts + (this.#smoothed[i]! - watts) * kept;
    }
  }

  #rowNow(): Float64Array {
    this.#row[SURROUNDINGS] = 1;
    for (let i = 0; i < TIME_CONSTANTS.length; i++) this.#row[FIRST_RISE + i] = this.#smoothed[i]!;
    return this.#row;
  }
}
