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
const MOST_TOLD = 16;
/** Whose steps stay together within so many sizes stands. */
const STANDS_SIZES = 0.1;

/** The latest part of a vehicle's way, as steps of a tenth of a second or more. */
export class VehiclePath {
  readonly #steps: PathStep[] = [];
  /** Averaged speed, in widths of the picture per ms. */
  #speedX = 0;
  #speedY = 0;

  /** As it was known last: one that stands is slanted as it came. */
  #slant: number | null = null;

  get steps(): readonly PathStep[] {
    return this.#steps;
  }

  get last(): PathStep | null {
    return this.#steps.at(-1) ?? null;
  }

  /** Where it will be if it goes on as it did. */
  ahead(at: number): { readonly x: number; readonly y: number } | null {
    const { last } = this;
    if (last === null) return null;
    return { x: last.x + this.#speedX * (at - last.at), y: last.y + this.#speedY * (at - last.at) };
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
      this.#steps.length = 0;
      this.#steps.push(step);
      this.#speedX = this.#speedY = 0;
      return false;
    }
    const share = 1 - Math.exp(-pauseMs / 400);
    this.#speedX += share * ((step.x - last.x) / pauseMs - this.#speedX);
    this.#speedY += share * ((step.y - last.y) / pauseMs - this.#speedY);
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
  }

  /** Begins anew where it is now: what it did before was told. */
  restart(): void {
    this.#steps.splice(0, this.#steps.length - 1);
  }

  /**
   * How far a vehicle that drives as it did is slanted in the picture: across per length upwards, -1.5 to 1.5; the latest way of
   * two sizes counts. null before it has moved so far, and of one that drives across the picture, whose near end is its side.
   */
  get slant(): number | null {
    const { last } = this;
    const first = this.#steps.findLast(({ x, y, size }) => Math.hypot(last!.x - x, last!.y - y) > 2 * size);
    if (first === undefined) return this.#slant;
    const [dx, dy] = [last!.x - first.x, last!.y - first.y];
    if (Math.abs(dy) * 2 > Math.abs(dx)) this.#slant = Math.max(-1.5, Math.min(1.5, dx / dy));
    return this.#slant;
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
    const usual = Math.hypot(this.#speedX, this.#speedY) * (step.at - last.at);
    return off > JUMP_SIZES * scale && off > JUMP_TIMES * usual;
  }
}
