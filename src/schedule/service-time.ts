/** What is known of one batch size. */
interface Level {
  /** ms that such a batch takes. */
  ms: number;
  /** Mean distance of a measurement from `ms`. */
  deviation: number;
  /** What it was over a long time. */
  usual: number;
  seen: number;
}

/** `ms = a + b × pictures`. */
export interface ServiceLine {
  readonly a: number;
  readonly b: number;
}

/** A measurement moves a level by this share at least: what was measured ten batches ago counts for a third. */
const GAIN = 0.1;
const SLOW_GAIN = 0.005;
/** What is usual is known after so many. */
const KNOWN_AFTER = 10;
/** Measurements further off than this many mean distances count as if they were this far off. */
const FAR = 3;
/** A level that was measured so often moves the others with it: a clock that slows down slows everything. */
const SETTLED = 8;
/** Mean distances above the level that a measurement seldom passes. */
const DOUBT = 3;
/** Measurements of one size count for a line up to here. */
const FULL_WEIGHT = 16;

/**
 * How long a worker takes for a batch of n pictures, learnt from its answers: a level for each size that was seen, and a
 * line `a + b n` through them for those that were not. A hiccup moves a level by little, a lasting change within ten or
 * twenty batches, and all levels move together, since what slows down one size slows down the others.
 */
export class ServiceTime {
  readonly #levels = new Map<number, Level>();
  #line: ServiceLine | null = null;

  /** A batch of `size` pictures kept the worker busy for `ms`. */
  learn(size: number, ms: number): void {
    const level = this.#levels.get(size);
    if (level === undefined) {
      this.#levels.set(size, { ms, deviation: ms / 4, usual: ms, seen: 1 });
    } else {
      const before = level.ms;
      move(level, ms);
      if (before > 0 && level.seen > SETTLED) this.#moveOthers(level, level.ms / before);
    }
    this.#line = this.#fit();
  }

  /** Forgets everything but this: a worker that was set aside is judged by what it does now. */
  restart(size: number, ms: number): void {
    const before = this.expect(size);
    const factor = before === null || before <= 0 ? 1 : ms / before;
    for (const level of this.#levels.values()) level.ms *= factor;
    this.learn(size, ms);
  }

  /** ms that such a batch took over the last some hundred; null where it was not seen often enough to tell. */
  usual(size: number): number | null {
    const level = this.#levels.get(size);
    return level === undefined || level.seen < KNOWN_AFTER ? null : level.usual;
  }

  /** Whether a batch of this size was ever measured. */
  knows(size: number): boolean {
    return this.#levels.has(size);
  }

  /** The line through what was measured; null while only one size, or none, was seen. */
  get line(): ServiceLine | null {
    return this.#line;
  }

  /**
   * ms that a batch will take; null before the first measurement. While one size only was seen nothing is known of the
   * others: larger batches are taken to gain nothing, smaller ones to cost as much.
   */
  expect(size: number): number | null {
    const level = this.#levels.get(size);
    if (level !== undefined) return level.ms;
    if (this.#line !== null) return this.#line.a + this.#line.b * size;
    for (const [only, { ms }] of this.#levels) return ms * Math.max(1, size / only);
    return null;
  }

  /** ms that a batch will hardly ever pass; null before the first measurement. */
  atMost(size: number): number | null {
    const expected = this.expect(size);
    return expected === null ? null : expected + DOUBT * (this.#levels.get(size)?.deviation ?? expected / 4);
  }

  #moveOthers(mover: Level, factor: number): void {
    for (const level of this.#levels.values()) if (level !== mover) level.ms *= factor;
  }

  /** Weighted least squares; neither a start nor a picture costs less than nothing. */
  #fit(): ServiceLine | null {
    if (this.#levels.size < 2) return null;
    let [weights, sizes, times] = [0, 0, 0];
    for (const [size, { ms, seen }] of this.#levels) {
      const weight = Math.min(seen, FULL_WEIGHT);
      weights += weight;
      sizes += weight * size;
      times += weight * ms;
    }
    const [meanSize, meanTime] = [sizes / weights, times / weights];
    let [covariance, variance] = [0, 0];
    for (const [size, { ms, seen }] of this.#levels) {
      const weight = Math.min(seen, FULL_WEIGHT);
      covariance += weight * (size - meanSize) * (ms - meanTime);
      variance += weight * (size - meanSize) ** 2;
    }
    const slope = Math.min(Math.max(0, covariance / variance), meanTime / meanSize);
    return { a: meanTime - slope * meanSize, b: slope };
  }
}

function move(level: Level, ms: number): void {
  const off = ms - level.ms;
  const far = FAR * Math.max(level.deviation, level.ms / 50);
  const counted = Math.min(far, Math.max(-far, off));
  level.seen++;
  const gain = Math.max(GAIN, 1 / level.seen);
  level.ms += gain * counted;
  level.usual += Math.max(SLOW_GAIN, 1 / level.seen) * (level.ms - level.usual);
  // what is far off widens what counts as near, so that a lasting change is believed soon
  level.deviation += GAIN * (Math.min(Math.abs(off), 2 * far) - level.deviation);
}
