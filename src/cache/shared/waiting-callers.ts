/** What comes just after the end of a lease is not to be missed. */
const AFTER_LEASE_MS = 5;

/** Who waits for something to become of a key. */
export class WaitingCallers {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves when the key is woken, and after `ms` at the latest. */
  wait(key: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const woken = () => {
        clearTimeout(timer);
        waiting.delete(woken);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(woken, ms + AFTER_LEASE_MS);
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting.add(woken));
    });
  }

  wake(key: string): void {
    for (const woken of [...(this.#waiting.get(key) ?? [])]) woken();
  }

  wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.wake(key);
  }
}
