import type { Quantity, SensorReading, SensorReadings } from './sensors/sensor.js';

/** The readings of several readers, as if they were one's. */
export class AllSensors implements SensorReadings {
  readonly #readers: readonly SensorReadings[];

  constructor(readers: readonly SensorReadings[]) {
    this.#readers = readers;
  }

  *of(quantity: Quantity): Iterable<SensorReading> {
    for (const reader of this.#readers) yield* reader.of(quantity);
  }
}
