interface WaitingCamera {
  readonly trouble: number;
  readonly go: () => void;
}

/** Cameras that are decoded at once; the others wait, those with most trouble before those without. */
export class WatchSlots {
  readonly count: number;
  #free: number;
  readonly #waiting: WaitingCamera[] = [];

  /** @param count >= 1 */
  constructor(count: number) {
    this.count = count;
    this.#free = count;
  }

  /**
   * Waits for a free one, which is to be given back by `leave`.
   *
   * @param trouble what is known to be wrong already: the more, the earlier
   * @param untilMs how long it is worth waiting, ms
   * @returns false where none became free in time
   */
  async enter(trouble: number, untilMs: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    return new Promise((resolve) => {
      const waiting = { trouble, go: () => end(true) };
      const timer = setTimeout(() => end(false), Math.max(0, untilMs));
      const end = (isIn: boolean): void => {
        clearTimeout(timer);
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve(isIn);
      };
      this.#waiting.push(waiting);
    });
  }

  leave(): void {
    // of those with the same trouble, who came first
    const next = this.#waiting.reduce<WaitingCamera | null>(
      (most, one) => (most === null || one.trouble > most.trouble ? one : most),
      null,
    );
    if (next === null) this.#free++;
    else next.go();
  }
}
