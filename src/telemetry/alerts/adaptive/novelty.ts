import type { NumberTape } from './number-tape.js';
import { TailRarity } from './tail-rarity.js';

/** Shapes that are remembered. */
const MEMORY = 200;
/** How far a shape that is remembered moves towards one like it. */
const LEARNING_RATE = 0.1;
/** What use of a remembered shape is worth one value later. */
const FORGETTING = 0.9999;

/**
 * How unlike the shapes before is what a series does now: the distance to the nearest of 200 shapes that are remembered, as
 * rarely as it was that large. A shape is some values in a row, or means of neighbouring ones over a longer time. Novel shapes take the place
 * of those that were least of use, so what comes back is known and what is long gone is forgotten. O(1) memory and time.
 */
export class Novelty {
  /** Values that a shape needs. */
  readonly length: number;
  readonly #points: number;
  readonly #each: number;
  readonly #shape: Float64Array;
  /** One after the other. */
  readonly #remembered: Float64Array;
  readonly #use = new Float64Array(MEMORY);
  #count = 0;
  readonly #rarity = new TailRarity();

  /**
   * @param points of a shape
   * @param each values that one point is the mean of
   */
  constructor(points: number, each: number) {
    this.length = points * each;
    this.#points = points;
    this.#each = each;
    this.#shape = new Float64Array(points);
    this.#remembered = new Float64Array(points * MEMORY);
  }

  /**
   * How rare the shape is in decades, and remembers it.
   *
   * @param latest values, the last one newest; `length` of them at least
   */
  see(latest: Float64Array): number {
    this.#look(latest);
    const [nearest, distance] = this.#nearest();
    if (nearest < 0) {
      this.#put(this.#count++);
      return 0;
    }
    const decades = this.#rarity.decades(distance);
    this.#rarity.add(distance);
    this.#remember(nearest, distance);
    return decades;
  }

  save(tape: NumberTape): void {
    tape.write(this.#count);
    tape.writeAll(this.#remembered.subarray(0, this.#count * this.#points));
    tape.writeAll(this.#use.subarray(0, this.#count));
    this.#rarity.save(tape);
  }

  load(tape: NumberTape): void {
    this.#count = Math.min(tape.read(), MEMORY);
    tape.readInto(this.#remembered.subarray(0, this.#count * this.#points));
    tape.readInto(this.#use.subarray(0, this.#count));
    this.#rarity.load(tape);
  }

  #look(latest: Float64Array): void {
    const begin = latest.length - this.length;
    for (let point = 0; point < this.#points; point++) {
      let sum = 0;
      for (let i = 0; i < this.#each; i++) sum += latest[begin + point * this.#each + i]!;
      this.#shape[point] = sum / this.#each;
    }
  }

  /** By the sum of absolute differences; -1 where nothing is remembered. */
  #nearest(): [index: number, distance: number] {
    const [points, shape, remembered] = [this.#points, this.#shape, this.#remembered];
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#count; index++) {
      let distance = 0;
      for (let i = 0; i < points && distance < least; i++)
        distance += Math.abs(shape[i]! - remembered[index * points + i]!);
      if (distance >= least) continue;
      least = distance;
      nearest = index;
    }
    return [nearest, least];
  }

  #remember(nearest: number, distance: number): void {
    const use = this.#use;
    const isFull = this.#count === MEMORY;
    if (!isFull && distance > 0) this.#put(this.#count++);
    else if (isFull && this.#rarity.isInTail(distance)) this.#put(use.indexOf(Math.min(...use)));
    else {
      use[nearest]! += 1;
      this.#moveTowardsShape(nearest);
    }
    if (isFull) for (let i = 0; i < MEMORY; i++) use[i]! *= FORGETTING;
  }

  #put(index: number): void {
    this.#remembered.set(this.#shape, index * this.#points);
    this.#use[index] = 1;
  }

  #moveTowardsShape(index: number): void {
    const begin = index * this.#points;
    for (let i = 0; i < this.#points; i++) {
      this.#remembered[begin + i]! += LEARNING_RATE * (this.#shape[i]! - this.#remembered[begin + i]!);
    }
  }
}
