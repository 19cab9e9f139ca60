import type { Cache } from '../../cache/cache.js';

/** Invalidations that are remembered while something is being made; what began before the oldest counts as invalidated. */
const MOST_REMEMBERED = 1000;

/**
 * Tells whether something was invalidated while it was being made: a response that a handler began before an invalidation
 * may hold what that was to end, and is not to be kept.
 */
export class InvalidationWatch {
  #remembered: { readonly at: number; readonly tags: readonly string[] | null }[] = [];
  #count = 0;
  #forgottenUntil = 0;
  #watching = 0;

  readonly #stop: () => void;

  /** @param cache whose invalidations, local or from elsewhere, are watched */
  constructor({ events }: Cache) {
    const invalidated = (tags: readonly string[]) => this.#remember(tags);
    const cleared = () => this.#remember(null);
    events.on('invalidate', invalidated);
    events.on('clear', cleared);
    this.#stop = () => {
      events.off('invalidate', invalidated);
      events.off('clear', cleared);
    };
  }

  /** Leaves the cache, which may be others' and outlive this. */
  stop(): void {
    this.#stop();
  }

  /** Something begins to be made. @returns what `isOutdated` is to be given */
  begin(): number {
    this.#watching++;
    return this.#count;
  }

  /** Whether one of the tags was invalidated since the beginning, or everything. */
  isOutdated(began: number, tags: readonly string[]): boolean {
    return (
      began < this.#forgottenUntil ||
      this.#remembered.some(
        ({ at, tags: gone }) => at > began && (gone === null || gone.some((tag) => tags.includes(tag))),
      )
    );
  }

  /** To be called once for each beginning. */
  end(): void {
    if (--this.#watching === 0) this.#remembered = [];
  }

  /** Counts as invalidated, though no cache told so. */
  note(tag: string): void {
    this.#remember([tag]);
  }

  #remember(tags: readonly string[] | null): void {
    this.#count++;
    if (this.#watching === 0) return;
    this.#remembered.push({ at: this.#count, tags });
    if (this.#remembered.length > MOST_REMEMBERED) this.#forgottenUntil = this.#remembered.shift()!.at;
  }
}
