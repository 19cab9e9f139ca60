import type { Observation } from '../observation.js';

const FIRST_ROOM = 8;

/** What cameras deliver and ask for, now or at some time to come; written over again and again. */
export class Load {
  count = 0;
  /** Frames per second of each camera. */
  frames = new Float64Array(FIRST_ROOM);
  /** Inferences per second that each camera's scene asks for. */
  wanted = new Float64Array(FIRST_ROOM);

  clear(): void {
    this.count = 0;
  }

  /** Numbers that are none count as 0; more than every frame cannot be asked for. */
  add(framesPerS: number, wantedPerS: number): void {
    if (!(framesPerS > 0 && framesPerS < 1e4)) return;
    if (this.count === this.frames.length) this.#grow();
    this.frames[this.count] = framesPerS;
    this.wanted[this.count++] = Math.max(0, Math.min(wantedPerS || 0, framesPerS));
  }

  /** Frames per second of all cameras. */
  get allFrames(): number {
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += this.frames[i]!;
    return sum;
  }

  /** Inferences per second that are asked for where none comes sooner than `intervalMs` after another one of its camera. */
  askedUnder(intervalMs: number): number {
    const most = intervalMs > 0 ? 1000 / intervalMs : Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += Math.min(this.wanted[i]!, most);
    return sum;
  }

  #grow(): void {
    this.frames = Float64Array.of(...this.frames, ...new Float64Array(this.count));
    this.wanted = Float64Array.of(...this.wanted, ...new Float64Array(this.count));
  }
}

/** Inferences per second that all cameras got. */
export function inferredOf({ cameras }: Observation): number {
  let sum = 0;
  for (const { inferredPerS } of cameras) if (inferredPerS > 0 && inferredPerS < 1e6) sum += inferredPerS;
  return sum;
}
