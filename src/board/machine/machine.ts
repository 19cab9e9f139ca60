import type { Clock } from '../../foundation/clock.js';
import type { MachineReader, ReadAt } from './machine-reader.js';
import { MemoryReader } from './memory-reader.js';
import { ProcessorReader } from './processor-reader.js';

/** ms that a timer may come early by. */
const EARLY_MS = 50;
/** ms after which every reader looks again what there is. */
const LOOK_AGAIN_MS = 60_000;

/** What goes wrong here, which is never the machine's doing: readers throw nothing. */
export type OnReaderFailure = (reader: string, error: unknown) => void;

/**
 * The machine that the program runs on: readers side by side, each read at most once a second. One that takes its time or
 * fails keeps no other from being read.
 */
export class Machine {
  readonly processor: ProcessorReader;
  readonly memory: MemoryReader;
  readonly #readers: readonly MachineReader[];
  readonly #clock: Clock;
  readonly #leastMs: number;
  readonly #onFailure: OnReaderFailure;
  /** Readers that are at it. */
  readonly #busy = new Set<MachineReader>();
  #readAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    /** `/`; tests give trees. */
    readonly root: string;
    readonly clock: Clock;
    /** ms between two readings, at least 1000. */
    readonly intervalMs: number;
    readonly onFailure: OnReaderFailure;
    /** What else is read, such as a board's own sensors. */
    readonly more?: readonly MachineReader[];
  }) {
    const { root, clock, intervalMs, onFailure, more = [] } = options;
    this.processor = new ProcessorReader(root);
    this.memory = new MemoryReader(root);
    this.#readers = [this.processor, this.memory, ...more];
    this.#clock = clock;
    this.#leastMs = intervalMs - EARLY_MS;
    this.#onFailure = onFailure;
  }

  /**
   * Reads everything, where the last time is long enough ago.
   *
   * @returns once all have been read that did not take longer than until the next time
   */
  async read(): Promise<void> {
    const at = { now: this.#clock.now(), unixNow: this.#clock.unixNow() };
    if (at.now - this.#readAt < this.#leastMs) return;
    this.#readAt = at.now;
    const looks = at.now - this.#lookedAt >= LOOK_AGAIN_MS;
    if (looks) this.#lookedAt = at.now;
    await Promise.all(this.#readers.map((reader) => this.#readOne(reader, at, looks)));
  }

  close(): void {
    for (const reader of this.#readers) reader.close();
    this.#readAt = Number.NEGATIVE_INFINITY;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  async #readOne(reader: MachineReader, at: ReadAt, looks: boolean): Promise<void> {
    if (this.#busy.has(reader)) return;
    this.#busy.add(reader);
    try {
      if (looks) await reader.look();
      await reader.read(at);
    } catch (error) {
      this.#onFailure(reader.name, error);
    } finally {
      this.#busy.delete(reader);
    }
  }
}
