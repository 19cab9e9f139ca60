import type { KnownPoint } from '../operating-point.js';
import { type Coefficient, DriftingRegression } from './drifting-regression.js';
import { detectorKind } from './kinds.js';

/** Kinds remembered at most; beyond, those of points that are known no more are forgotten. Of more points at once no more is saved. */
export const MOST_KINDS = 64;

/** What is believed of one kind, and how sure. */
export interface Belief {
  readonly value: number;
  readonly sd: number;
}

/**
 * A regression with coefficients that hold for the whole board, and one for each kind of point beside them, learnt together:
 * what stays when the kind changes was the board's.
 */
export class KindRegression {
  readonly #shared: readonly Coefficient[];
  readonly #own: (point: KnownPoint) => Coefficient;
  #regression: DriftingRegression;
  readonly #kinds = new Map<string, number>();
  #row: Float64Array;

  /** @param own of a kind that nothing is known of but what `point` says */
  constructor(shared: readonly Coefficient[], own: (point: KnownPoint) => Coefficient) {
    this.#shared = shared;
    this.#own = own;
    this.#regression = new DriftingRegression(shared);
    this.#row = new Float64Array(shared.length);
  }

  /** Makes room for the kinds of these points; what is known of others stays while there is room. */
  know(points: readonly KnownPoint[]): void {
    const all = new Set([...this.#kinds.keys(), ...points.map(detectorKind)]);
    if (all.size > MOST_KINDS) this.#keepOnly(points);
    this.#add(points);
    this.#row = new Float64Array(this.#regression.size);
  }

  /** The profile of a point says something else than before, which what was learnt of its kind was held against: that is forgotten. */
  profiledAnew(point: KnownPoint): void {
    const index = this.#kinds.get(detectorKind(point));
    if (index !== undefined) this.#regression.replace(index, this.#own(point));
  }

  advance(seconds: number): void {
    this.#regression.advance(seconds);
  }

  /** A row for a point, whose kind's coefficient counts `own` times; the caller fills in the shared entries. Valid until the next. */
  row(point: KnownPoint, own: number): Float64Array {
    this.#row.fill(0);
    const index = this.#kinds.get(detectorKind(point));
    if (index !== undefined) this.#row[index] = own;
    return this.#row;
  }

  expect(row: Float64Array): number {
    return this.#regression.expect(row);
  }

  variance(row: Float64Array): number {
    return this.#regression.variance(row);
  }

  learn(row: Float64Array, reading: number, sd: number): void {
    this.#regression.learn(row, reading, sd);
  }

  shared(index: number): Belief {
    return { value: this.#regression.values[index]!, sd: this.#regression.sd(index) };
  }

  /** @returns 0 for a kind that is not known */
  ofKind(point: KnownPoint): number {
    const index = this.#kinds.get(detectorKind(point));
    return index === undefined ? 0 : this.#regression.values[index]!;
  }

  /** Everything that is believed, as plain JSON: the shared coefficients, and those of the kinds by name. */
  save(): { shared: [number, number][]; kinds: Record<string, [number, number]> } {
    const belief = (index: number): [number, number] => [this.#regression.values[index]!, this.#regression.sd(index)];
    return {
      shared: this.#shared.map((_, index) => belief(index)),
      kinds: Object.fromEntries([...this.#kinds].slice(-MOST_KINDS).map(([kind, index]) => [kind, belief(index)])),
    };
  }

  /** Takes back what was saved, of the kinds that are known. */
  restore({ shared, kinds }: ReturnType<KindRegression['save']>): void {
    for (const [index, [value, sd]] of shared.entries()) {
      if (index < this.#shared.length) this.#regression.restore(index, value, sd);
    }
    for (const [kind, [value, sd]] of Object.entries(kinds)) {
      const index = this.#kinds.get(kind);
      if (index !== undefined) this.#regression.restore(index, value, sd);
    }
  }

  #keepOnly(points: readonly KnownPoint[]): void {
    const saved = this.save();
    this.#kinds.clear();
    this.#regression = new DriftingRegression(this.#shared);
    this.#add(points);
    this.restore(saved);
  }

  #add(points: readonly KnownPoint[]): void {
    for (const point of points) {
      const kind = detectorKind(point);
      if (!this.#kinds.has(kind)) this.#kinds.set(kind, this.#regression.add(this.#own(point)));
    }
  }
}
