/** ms after a change until the memory taken by warming has come to rest. */
const SETTLE_MS = 30_000;
/** A window of readings, ms, of which the lowest counts: what garbage collection leaves. */
const WINDOW_MS = 30_000;
/** Growth from one window to the next that is no noise: a share of what is taken, and bytes. */
const GROWTH = 0.02;
const LEAST_BYTES = 4 * 2 ** 20;
/** Windows in a row that must have grown. */
const IN_A_ROW = 2;
/** Growth in a window that is a leak wherever it is: a share of what is taken. */
const STEEP = 0.08;
/** Windows for which what is free has to last at the pace of the last one: an hour. */
const MUST_LAST = 120;
/** What has just been started takes more for some minutes, less with each; a leak does not: the later half against the earlier. */
const SLOWS_DOWN = 0.7;
/** A slower growth is told over more of them. */
const SLOW_WINDOWS = 8;
const SLOW_GROWTH = 0.04;

/** Watches the memory of the point in use: what it takes beside its profile, and whether it grows without end. */
export class MemoryWatch {
  #name = '';
  #windowEndsAt = 0;
  #lowest = Number.POSITIVE_INFINITY;
  readonly #windows: number[] = [];
  /** Bytes of all but the workers; null: not known. */
  #others: number | null = null;

  /**
   * @param name of the point in use
   * @param bytes of all processes; null: nothing tells
   * @param profiled bytes that the point's workers are to have; null: nobody knows
   * @param free bytes that are still to be had; null: nothing tells
   * @returns how much it has grown, where it grows on and on; null otherwise
   */
  see(name: string, bytes: number | null, profiled: number | null, free: number | null, now: number): number | null {
    if (name !== this.#name || now < this.#windowEndsAt - SETTLE_MS - WINDOW_MS) this.#begin(name, now);
    if (bytes === null || !(bytes > 0)) return null;
    if (now < this.#windowEndsAt - WINDOW_MS) return null;
    if (profiled !== null && bytes > profiled)
      this.#others = Math.min(this.#others ?? Number.POSITIVE_INFINITY, bytes - profiled);
    this.#lowest = Math.min(this.#lowest, bytes);
    if (now < this.#windowEndsAt) return null;
    this.#windows.push(this.#lowest);
    if (this.#windows.length > SLOW_WINDOWS + 1) this.#windows.shift();
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#windowEndsAt = now + WINDOW_MS;
    return this.#growth(free);
  }

  /** Bytes that a point would have, beside all that is not its workers; null: not known. */
  with(profiled: number | null): number | null {
    return profiled === null || this.#others === null ? null : this.#others + profiled;
  }

  #begin(name: string, now: number): void {
    this.#name = name;
    this.#windowEndsAt = now + SETTLE_MS + WINDOW_MS;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#windows.length = 0;
  }

  #growth(free: number | null): number | null {
    const windows = this.#windows;
    const last = windows.length - 1;
    const grown = windows[last]! - windows[0]!;
    if (this.#isUrgent(free)) return grown;
    if (last < SLOW_WINDOWS || grown < SLOW_GROWTH * windows[0]!) return null;
    for (let i = 1; i <= last; i++) if (windows[i]! <= windows[i - 1]!) return null;
    const half = windows[last >> 1]!;
    return windows[last]! - half < SLOWS_DOWN * (half - windows[0]!) ? null : grown;
  }

  /** Whether it grows so fast that there is no time to see more of it. */
  #isUrgent(free: number | null): boolean {
    const windows = this.#windows;
    const last = windows.length - 1;
    if (last < IN_A_ROW) return false;
    const least = Math.max(LEAST_BYTES, GROWTH * windows[0]!);
    const pace = windows[last]! - windows[last - 1]!;
    for (let i = last - IN_A_ROW + 1; i <= last; i++) if (windows[i]! - windows[i - 1]! < least) return false;
    if (pace < SLOWS_DOWN * (windows[last - 1]! - windows[last - 2]!)) return false;
    return free === null || pace >= STEEP * windows[0]! || pace * MUST_LAST >= free;
  }
}
