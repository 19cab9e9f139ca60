import type { PathPoint } from './infraction.js';

/** A vehicle at a moment: where it touches the road, in widths of the picture, its size (root of its box's area) and a time in ms. */
export interface PathStep {
  readonly at: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Steps that are kept: 12 s of 10 frames a second. */
const MOST_STEPS = 120;
const LEAST_PAUSE_MS = 90;
/** A step of more than so many sizes, and so many times as long as those before lead to expect, is that of another vehicle. */
const JUMP_SIZES = 0.9;
const JUMP_TIMES = 3;
/** So many of them in a row are a box gone astray, and left out. */
const MOST_ASTRAY = 2;
/** A size is foretold within so many times that which it has. */
const MOST_SCALED = 2.5;
/** A way of so many sizes has a slant, and one no flatter than so: across per length upwards. */
const SLANT_SIZES = 1.2;
const STEEPEST = 3;
const MOST_SLANTED = 2.5;
const MOST_TOLD = 16;
/** Whose steps stay together within so many sizes stands. */
const STANDS_SIZES = 0.1;
/** Who gets on by more than so many sizes in a step drives. */
const MOVES_SIZES = 0.05;
/** A way bends that goes another way than so long before, ms, over so many sizes, by more than 35 degrees. */
const BENDS_AFTER_MS = 1000;
const BENDS_SIZES = 0.5;
const BENDS_COSINE = 0.82;
/** A road is seen from a pole: lengths along it look shorter than those across it by about so much. */
export const FORESHORTENED = 2.5;

/** The latest part of a vehicle's way, as steps of a tenth of a second or more. */
export class VehiclePath {
  readonly #steps: PathStep[] = [];
  /** Averaged speed, in widths of the picture per ms. */
  #speedX = 0;
  #speedY = 0;
  /** Averaged growth of its size per ms, as a logarithm: above 0 where it comes nearer. */
  #growth = 0;

  /** Sightings in a row that were where it cannot have come. */
  #astray = 0;
  /** As it was known last: one that stands is slanted as it came. */
  #slant: number | null = null;

  get steps(): readonly PathStep[] {
    return this.#steps;
  }

  /** Those since a time, and the one that it came from: of one that stood, there is none in between. */
  stepsSince(at: number): readonly PathStep[] {
    return this.#steps.slice(
      Math.max(
        0,
        this.#steps.findLastIndex((step) => step.at <= at),
      ),
    );
  }

  get last(): PathStep | null {
    return this.#steps.at(-1) ?? null;
  }

  /** Averaged, in widths of the picture per ms. */
  get speed(): number {
    return Math.hypot(this.#speedX, this.#speedY);
  }

  /** Whether its way bends: it goes another way than it did a second or two before. */
  get isTurning(): boolean {
    const { last } = this;
    const before = last && this.#steps.findLast(({ at }) => at <= last.at - BENDS_AFTER_MS);
    if (!last || !before) return false;
    const from = this.#steps.findLast(
      ({ at, x, y }) => at < before.at && Math.hypot(before.x - x, before.y - y) > BENDS_SIZES * before.size,
    );
    if (!from) return false;
    const [wasX, wasY] = [before.x - from.x, (before.y - from.y) * FORESHORTENED];
    const [isX, isY] = [this.#speedX, this.#speedY * FORESHORTENED];
    return wasX * isX + wasY * isY < BENDS_COSINE * Math.hypot(wasX, wasY) * Math.hypot(isX, isY);
  }

  /**
   * Where it will be, and how large, if it goes on as it did. On a road seen in perspective who goes away shrinks, and moves the less
   * in the picture the smaller it is.
   */
  ahead(at: number): Omit<PathStep, 'at'> | null {
    const { last } = this;
    if (last === null) return null;
    const ms = at - last.at;
    const scale = Math.min(
      MOST_SCALED,
      Math.max(1 / MOST_SCALED, 1 / Math.max(1 / MOST_SCALED, 1 - this.#growth * ms)),
    );
    return { x: last.x + this.#speedX * ms * scale, y: last.y + this.#speedY * ms * scale, size: last.size * scale };
  }

  /** The vehicle was seen again. @returns false where it cannot have come there: the path begins anew */
  add(step: PathStep): boolean {
    const { last } = this;
    if (last === null) {
      this.#steps.push(step);
      return true;
    }
    const pauseMs = step.at - last.at;
    if (pauseMs < LEAST_PAUSE_MS) return true;
    if (this.#isJump(step, last)) {
      if (++this.#astray <= MOST_ASTRAY) return true;
      this.#astray = 0;
      this.#steps.length = 0;
      this.#steps.push(step);
      this.#speedX = this.#speedY = this.#growth = 0;
      return false;
    }
    this.#astray = 0;
    const share = 1 - Math.exp(-pauseMs / 400);
    this.#speedX += share * ((step.x - last.x) / pauseMs - this.#speedX);
    this.#speedY += share * ((step.y - last.y) / pauseMs - this.#speedY);
    this.#growth += share * (Math.log(step.size / last.size) / pauseMs - this.#growth);
    // of one that stands the first and the latest step are enough
    const before = this.#steps.at(-2);
    const limit = STANDS_SIZES * step.size;
    const stood =
      before !== undefined && [before, last].every((one) => Math.hypot(step.x - one.x, step.y - one.y) < limit);
    if (stood) this.#steps.pop();
    this.#steps.push(step);
    if (this.#steps.length > MOST_STEPS) this.#steps.shift();
    return true;
  }

  /** Goes on with the way of a vehicle that is this one under another number. */
  continueFrom(earlier: VehiclePath): void {
    const own = this.#steps.splice(0);
    this.#steps.push(...earlier.steps.filter((step) => own[0] === undefined || step.at < own[0].at), ...own);
    this.#steps.splice(0, Math.max(0, this.#steps.length - MOST_STEPS));
    this.#slant ??= earlier.#slant;
    this.#speedX = earlier.#speedX;
    this.#speedY = earlier.#speedY;
    this.#growth = earlier.#growth;
  }

  /** Stands along the road as another one did. */
  leanLike(other: VehiclePath): void {
    this.#slant ??= other.#slant;
  }

  /** Begins anew where it is now: what it did before was told. */
  restart(): void {
    this.#steps.splice(0, this.#steps.length - 1);
  }

  /**
   * How far a vehicle that drives as it did is slanted in the picture: across per length upwards, -2.5 to 2.5; the latest way of
   * some sizes counts. null before it has moved so far, and of one that drives across the picture, whose near end is its side.
   */
  get slant(): number | null {
    this.#slant = this.drivenSlant ?? this.#slant;
    return this.#slant;
  }

  /** The same of one that has been driving until now: null of one that stands. */
  get drivenSlant(): number | null {
    const { last } = this;
    const first = this.#steps.findLast(({ x, y, size }) => Math.hypot(last!.x - x, last!.y - y) > SLANT_SIZES * size);
    if (first === undefined) return null;
    const [dx, dy] = [last!.x - first.x, last!.y - first.y];
    return Math.abs(dy) * STEEPEST > Math.abs(dx) ? Math.max(-MOST_SLANTED, Math.min(MOST_SLANTED, dx / dy)) : null;
  }

  /** Whether it was on its way just now. */
  get hasMoved(): boolean {
    const [before, last] = [this.#steps.at(-2), this.last];
    return before !== undefined && Math.hypot(last!.x - before.x, last!.y - before.y) > MOVES_SIZES * last!.size;
  }

  /** Whether it is more than so many of its sizes from where it was at any time that is kept. */
  hasLeft(sizes: number): boolean {
    const { last } = this;
    return last !== null && this.#steps.some(({ x, y }) => Math.hypot(last.x - x, last.y - y) > sizes * last.size);
  }

  /** Some places of it since a time, oldest first, in pixels of a picture of that width. */
  told(since: number, width: number): PathPoint[] {
    const steps = this.#steps.filter(({ at }) => at >= since);
    const count = Math.min(MOST_TOLD, steps.length);
    return Array.from({ length: count }, (_, i) => {
      const { x, y } = steps[Math.round((i * (steps.length - 1)) / Math.max(1, count - 1))]!;
      return [x * width, y * width];
    });
  }

  #isJump(step: PathStep, last: PathStep): boolean {
    const before = this.#steps.at(-2);
    const length = Math.hypot(step.x - last.x, step.y - last.y);
    const scale = Math.max(step.size, last.size);
    if (before === undefined) return length > 2.5 * scale;
    const expected = this.ahead(step.at)!;
    const off = Math.hypot(step.x - expected.x, step.y - expected.y);
    const usual = this.speed * (step.at - last.at);
    return off > JUMP_SIZES * scale && off > JUMP_TIMES * usual;
  }
}
