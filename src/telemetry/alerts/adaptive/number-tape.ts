/** A state as one row of numbers, written in an order and read in the same; 32 bits each, so that it is small on a disk. */
export class NumberTape {
  readonly #numbers: number[];
  #at = 0;

  /** @param numbers of a tape that was written; none for a new one */
  constructor(numbers: Iterable<number> = []) {
    this.#numbers = [...numbers];
  }

  write(...numbers: readonly number[]): void {
    for (const number of numbers) this.#numbers.push(number);
  }

  writeAll(numbers: ArrayLike<number>): void {
    for (let i = 0; i < numbers.length; i++) this.#numbers.push(numbers[i]!);
  }

  /** Unix ms, which 32 bits do not hold: as hours and the ms after them. */
  writeTime(ms: number): void {
    const hours = Math.floor(ms / HOUR_MS);
    this.write(hours, ms - hours * HOUR_MS);
  }

  /** @throws RangeError where nothing is left */
  read(): number {
    if (this.#at >= this.#numbers.length) throw new RangeError('the state ends too early');
    return this.#numbers[this.#at++]!;
  }

  readInto(target: Float64Array): void {
    for (let i = 0; i < target.length; i++) target[i] = this.read();
  }

  readTime(): number {
    return this.read() * HOUR_MS + this.read();
  }

  /** @throws RangeError where something is left, or was no number */
  end(): void {
    const isWhole = this.#at === this.#numbers.length && this.#numbers.every(Number.isFinite);
    if (!isWhole) throw new RangeError('the state is damaged');
  }

  get numbers(): Float32Array {
    return Float32Array.from(this.#numbers);
  }
}

const HOUR_MS = 3_600_000;
