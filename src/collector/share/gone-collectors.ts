import type { Beat } from './membership.js';

/** Beats in succession at which it was free: one that merely lost its connection takes its lock again within a beat or two. */
const FREE_BEATS = 4;

/**
 * Which of several that share the load are gone: those whose lock stays free, as a killed process leaves it at once; and those that give
 * no sign of life for long, as a machine that vanished, whose lock the server keeps for a while.
 */
export class GoneCollectors {
  readonly #goneMs: number;
  /** By name, beats in succession at which the lock was free. */
  #free: ReadonlyMap<string, number> = new Map();

  /** @param goneMs ms without a sign of life after which one is gone, whoever holds its lock */
  constructor(goneMs: number) {
    this.#goneMs = goneMs;
  }

  /** @returns the names of those that are gone */
  of({ now, collectors }: Beat): ReadonlySet<string> {
    const free = collectors.filter(({ isHeld }) => !isHeld);
    this.#free = new Map(free.map(({ name }) => [name, (this.#free.get(name) ?? 0) + 1]));
    const isGone = ({ name, seenAt }: Beat['collectors'][number]): boolean =>
      now - seenAt >= this.#goneMs || (this.#free.get(name) ?? 0) >= FREE_BEATS;
    return new Set(collectors.filter(isGone).map(({ name }) => name));
  }

  /** The server was away from here, and perhaps from all: whoever comes back has time to take its lock. */
  forget(): void {
    this.#free = new Map();
  }
}
