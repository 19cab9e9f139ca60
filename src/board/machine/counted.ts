/** Counters of 32 bits begin again at 0 here. */
const WRAP = 2 ** 32;

/**
 * How far a counter of the kernel's went on. One that went back has wrapped where it counts in 32 bits and was in the upper
 * half of them; else it began anew (an interface that was taken out and put in again), and what it has now is what it
 * counted since.
 */
export function countedOn(before: number, now: number): number {
  if (now >= before) return now - before;
  return before < WRAP && before >= WRAP / 2 && now < WRAP / 2 ? now + WRAP - before : now;
}

/** A counter of the kernel's, added up since it was first read: it only grows, whatever the kernel's does. */
export class GrowingCount {
  #before: number | null = null;
  #total: number | null = null;

  /** Since the first reading; null before it, and while the counter cannot be read. */
  get total(): number | null {
    return this.#before === null ? null : this.#total;
  }

  /** @returns by how much it went on since the reading before; null where one of the two is missing */
  read(count: number | null): number | null {
    const before = this.#before;
    this.#before = count;
    if (count === null) return null;
    const more = before === null ? 0 : countedOn(before, count);
    this.#total = (this.#total ?? 0) + more;
    return before === null ? null : more;
  }
}
