import { decodePoints, encodePoints } from './point-codec.js';
import { inTimeOrder } from './point-order.js';
import type { SeriesPoint } from './series-point.js';

/** So many points wait as objects, which take ten times as much room as their bytes. */
const MOST_WAITING = 12;
const EMPTY: Uint8Array = new Uint8Array(0);

/** The points of one series over the time of a block that is not written as a whole yet. */
export class OpenBlock {
  readonly #start: number;
  readonly #stepMs: number;
  /** Chunks one after the other. */
  #bytes = EMPTY;
  /** Of the bytes, so many are in the journal. */
  #journaled = 0;
  #waiting: SeriesPoint[] = [];

  /** @param start Unix ms at which the block begins */
  constructor(start: number, stepMs: number) {
    this.#start = start;
    this.#stepMs = stepMs;
  }

  add(point: SeriesPoint): void {
    this.#waiting.push(point);
    if (this.#waiting.length >= MOST_WAITING) this.#pack();
  }

  /** What the journal holds of it, in front of what came since the program started. */
  recover(chunks: Uint8Array): void {
    this.#pack();
    this.#bytes = Buffer.concat([
      this.#bytes.subarray(0, this.#journaled),
      chunks,
      this.#bytes.subarray(this.#journaled),
    ]);
    this.#journaled += chunks.length;
  }

  /** What the journal had is written elsewhere. */
  forgetRecovered(): void {
    this.#bytes = this.#bytes.subarray(this.#journaled);
    this.#journaled = 0;
  }

  /** What the journal lacks; empty where it lacks nothing. */
  unwritten(): Uint8Array {
    this.#pack();
    return this.#bytes.subarray(this.#journaled);
  }

  /** The journal has so many bytes more of what it lacked. */
  written(bytes: number): void {
    this.#journaled += bytes;
  }

  /** There is another journal, which has nothing. */
  forgetJournal(): void {
    this.#journaled = 0;
  }

  /** In order of time, each step once. @throws RangeError where the journal is damaged */
  points(): SeriesPoint[] {
    return inTimeOrder([...decodePoints(this.#bytes, this.#start, this.#stepMs), ...this.#waiting]);
  }

  #pack(): void {
    if (this.#waiting.length === 0) return;
    const chunk = encodePoints(inTimeOrder(this.#waiting), this.#start, this.#stepMs);
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    this.#waiting = [];
  }
}
