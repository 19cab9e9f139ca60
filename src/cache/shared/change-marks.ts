import type { Flight } from '../single-flight.js';

/**
 * Marks of what is under way for a key: whether the key was changed meanwhile. Flights alone cannot say that: what another
 * program's change wakes asks anew, after it, and callers go on waiting for the same flight.
 */
export class ChangeMarks {
  readonly #marks = new Map<string, Set<Flight>>();

  /** What `work` resolves with, which may look at its mark at any time. */
  async during<T>(key: string, work: (mark: Flight) => Promise<T>): Promise<T> {
    const mark: Flight = { current: true };
    const marks = this.#marks.get(key) ?? new Set();
    this.#marks.set(key, marks.add(mark));
    try {
      return await work(mark);
    } finally {
      marks.delete(mark);
      if (marks.size === 0) this.#marks.delete(key);
    }
  }

  changed(key: string): void {
    for (const mark of this.#marks.get(key) ?? []) mark.current = false;
  }

  allChanged(): void {
    for (const marks of this.#marks.values()) for (const mark of marks) mark.current = false;
  }
}
