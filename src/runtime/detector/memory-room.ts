import { readAcceleratorBytes } from '../../board/accelerator-memory.js';
import type { Machine } from '../../board/machine/machine.js';
import type { TuneConfig } from '../../config/config.js';
import { MemoryForecast, type SizedPoint } from '../../tune/memory-forecast.js';
import type { Workers } from './workers.js';

/** Bytes that may still be had; null where nothing tells. */
export interface FreeMemory {
  readonly host: number | null;
  readonly accelerator: number | null;
}

/**
 * What is free now, and by the budgets.
 *
 * @param ownBytes of all processes of the program; null where nothing tells
 */
export function freeMemory(
  { memory, sensors }: Pick<Machine, 'memory' | 'sensors'>,
  { maxMemoryMb }: Pick<TuneConfig, 'maxMemoryMb'>,
  ownBytes: number | null,
): FreeMemory {
  const within = maxMemoryMb === 0 || ownBytes === null ? null : Math.max(0, maxMemoryMb * 2 ** 20 - ownBytes);
  const used = new Map([...sensors.of('memory')].map(({ name, value }) => [name, value]));
  const cards = [...sensors.of('memory-total')].flatMap(({ name, value }) => {
    const taken = used.get(name) ?? null;
    return value === null || taken === null ? [] : Math.max(0, value - taken);
  });
  return {
    host: least(memory.memory?.available ?? null, within),
    // which card a worker takes is the provider's choice: the one with most room has to suffice
    accelerator: cards.length === 0 ? null : Math.max(...cards),
  };
}

function least(...all: readonly (number | null)[]): number | null {
  const known = all.filter((bytes) => bytes !== null);
  return known.length === 0 ? null : Math.min(...known);
}

export interface MemoryRoomParts {
  readonly free: () => FreeMemory;
  /** Bytes of the accelerator that all workers together may take; null: any. */
  readonly acceleratorBudget: number | null;
}

/** Whether two sets of workers fit beside each other, in the machine's memory and in the accelerator's. */
export class MemoryRoom {
  readonly #parts: MemoryRoomParts;
  readonly #host = new MemoryForecast();
  readonly #accelerator = new MemoryForecast();
  /** Of the accelerator, what serves now. */
  #held: number | null = null;

  constructor(parts: MemoryRoomParts) {
    this.#parts = parts;
  }

  /** Looks what the workers of a point take while they serve. */
  async learn(point: SizedPoint, workers: Workers): Promise<void> {
    const bytes = workers.residentBytes();
    if (bytes !== null) this.#host.learn(point, bytes);
    this.#held = point.provider === 'cpu' ? 0 : await readAcceleratorBytes('/', workers.pids);
    if (point.provider !== 'cpu' && this.#held !== null) this.#accelerator.learn(point, this.#held);
  }

  /** It was refused memory beside what served. */
  refusedBeside(point: SizedPoint): void {
    this.#host.refusedBeside(point);
  }

  /** Whether the workers of a point can load while those that were looked at last serve. Where nothing is known: yes. */
  fitsBeside(point: SizedPoint): boolean {
    const { host, accelerator } = this.#parts.free();
    if (!this.#host.fitsBeside(point, host)) return false;
    if (point.provider === 'cpu') return true;
    const { acceleratorBudget } = this.#parts;
    const within = acceleratorBudget === null ? null : acceleratorBudget - (this.#held ?? 0);
    return this.#accelerator.fitsBeside(point, least(accelerator, within));
  }
}
