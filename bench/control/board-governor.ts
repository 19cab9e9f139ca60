import type { PlantDescription } from './plant-file.js';

/** The board's own governor: holds the clock down by heat and power, whatever anybody else decides. */
export class BoardGovernor {
  /** Index of the clock that it allows now. */
  clock: number;
  /** What holds it below the clock of the power mode. */
  heldBy: 'heat' | 'power' | null = null;
  readonly #settings: PlantDescription['governor'];
  #averageWatts: number | null = null;
  #seconds = 0;

  constructor(settings: PlantDescription['governor'], clocks: number) {
    this.#settings = settings;
    this.clock = clocks - 1;
  }

  /**
   * @param temperature °C of the first node
   * @param watts of the last second
   * @param modeClock that the power mode allows at most
   */
  second(temperature: number, watts: number, modeClock: number): void {
    const { trips, hysteresis, everyS, downBy, powerLimit } = this.#settings;
    if (this.clock > modeClock) this.clock = modeClock;
    if (powerLimit) {
      this.#averageWatts ??= watts;
      this.#averageWatts += (watts - this.#averageWatts) / powerLimit.overS;
    }
    if (++this.#seconds % everyS !== 0) return;
    let lowest = -1;
    for (const trip of trips) if (temperature >= trip.at) lowest = trip.lowestClock;
    const isOverPower = powerLimit !== null && this.#averageWatts! > powerLimit.watts;
    if (lowest >= 0) {
      this.clock = Math.min(this.clock, Math.max(lowest, this.clock - downBy));
      if (this.clock < modeClock) this.heldBy = 'heat';
    } else if (isOverPower) {
      this.clock = Math.max(0, this.clock - downBy);
      if (this.clock < modeClock) this.heldBy = 'power';
    } else if (this.clock < modeClock && this.#mayRise(temperature, hysteresis)) this.clock++;
    if (this.clock >= modeClock) this.heldBy = null;
  }

  #mayRise(temperature: number, hysteresis: number): boolean {
    const { trips, powerLimit } = this.#settings;
    if (this.heldBy === 'power') return powerLimit !== null && this.#averageWatts! < powerLimit.watts * 0.97;
    return this.heldBy === null || temperature < trips[0]!.at - hysteresis;
  }
}
