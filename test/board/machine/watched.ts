import type { ClockJump } from '../../../src/board/machine/clock-reader.js';
import { Machine, type MachineOptions } from '../../../src/board/machine/machine.js';
import { machineMetrics } from '../../../src/board/machine/metrics.js';
import type { FindSensors } from '../../../src/board/machine/sensors/sensor.js';

/** A machine whose clock a test turns. */
export class WatchedMachine {
  readonly jumps: ClockJump[] = [];
  readonly machine: Machine;
  readonly #rows;
  #now = 1_000_000;

  /** @param programs what is started for readings that no file has */
  constructor(
    root: string,
    moreSensors: readonly FindSensors[] = [],
    programs: Pick<MachineOptions, 'askFirmware' | 'nvidia'> = {},
  ) {
    this.machine = new Machine({
      root,
      clock: { now: () => this.#now, unixNow: () => 1_700_000_000_000 + this.#now },
      intervalMs: 1000,
      places: { root },
      onFailure: (reader, error) => {
        throw new Error(`${reader} threw`, { cause: error });
      },
      onClockJump: (jump) => this.jumps.push(jump),
      moreSensors,
      ...programs,
    });
    this.#rows = machineMetrics(this.machine);
  }

  /** Reads once more, some seconds later. @param settleMs for what nobody waits for */
  async after(seconds: number, settleMs = 20): Promise<void> {
    this.#now += seconds * 1000;
    await this.machine.read();
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }

  /** By name of the metric, and its labels after a space. */
  readings(): Map<string, number | null> {
    const readings = new Map<string, number | null>();
    for (const row of this.#rows) {
      for (const [labels, value] of row.read()) {
        readings.set([row.name, ...labels].join(' '), typeof value === 'number' ? value : null);
      }
    }
    return readings;
  }

  /** Those that are there, of names that begin so. */
  told(start: string): Record<string, number> {
    return Object.fromEntries(
      [...this.readings()].filter(
        (entry): entry is [string, number] => entry[1] !== null && entry[0].startsWith(start),
      ),
    );
  }

  /** Names of MQTT, whether there is a reading or not. */
  namesInMqtt(): string[] {
    return this.#rows.flatMap((row) => {
      if ((row.type !== 'gauge' && row.type !== 'counter') || row.mqtt === false) return [];
      return [...row.read()].map(([labels]) => [row.name, ...labels].join('.'));
    });
  }
}
