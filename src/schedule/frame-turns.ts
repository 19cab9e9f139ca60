import { FairTurns } from '../foundation/fair-turns.js';
import type { TenantId } from '../foundation/scope.js';

interface WaitingFrame {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Whose frame the main thread looks at next: where several tenants have frames waiting, they take turns by their shares, and
 * what is divided is the bytes of their pictures, which is what looking at them costs. One frame is let through in each turn
 * of the event loop; where no other frame was there before it in the same turn, at once. While a camera's frame waits here its newer
 * ones wait in its own queue, the newest winning: whoever brings more than its share loses its own.
 */
export class FrameTurns {
  readonly #turns: FairTurns<TenantId>;
  readonly #isShared: boolean;
  readonly #nextTurn: (callback: () => void) => void;
  readonly #waiting = new Map<TenantId, WaitingFrame[]>();
  #isOpen = true;

  /**
   * @param shares of the tenants; where there is one only, no frame ever waits
   * @param nextTurn for tests: calls back in the next turn of the event loop
   */
  constructor(shares: ReadonlyMap<TenantId, number>, nextTurn: (callback: () => void) => void = setImmediate) {
    this.#turns = new FairTurns(shares);
    this.#isShared = shares.size > 1;
    this.#nextTurn = nextTurn;
  }

  /** Frames that wait for their turn. */
  get waiting(): number {
    let count = 0;
    for (const { length } of this.#waiting.values()) count += length;
    return count;
  }

  /** Resolves when it is the turn of this frame; null: it is now. */
  turn(tenant: TenantId, bytes: number): Promise<void> | null {
    if (!this.#isShared) return null;
    this.#turns.waits(tenant);
    if (this.#isOpen) {
      this.#take(tenant, bytes);
      return null;
    }
    return new Promise((go) => {
      const line = this.#waiting.get(tenant);
      if (line === undefined) this.#waiting.set(tenant, [{ bytes, go }]);
      else line.push({ bytes, go });
    });
  }

  /** The loop is closed until its next turn. */
  #take(tenant: TenantId, bytes: number): void {
    this.#isOpen = false;
    this.#turns.served(tenant, bytes);
    if (!this.#waiting.has(tenant)) this.#turns.waitsNoMore(tenant);
    this.#nextTurn(() => this.#next());
  }

  #next(): void {
    let chosen: TenantId | undefined;
    for (const tenant of this.#waiting.keys()) {
      if (chosen === undefined || this.#turns.tagOf(tenant) < this.#turns.tagOf(chosen)) chosen = tenant;
    }
    if (chosen === undefined) {
      this.#isOpen = true;
      this.#turns.rested();
      return;
    }
    const line = this.#waiting.get(chosen)!;
    const { bytes, go } = line.shift()!;
    if (line.length === 0) this.#waiting.delete(chosen);
    this.#take(chosen, bytes);
    go();
  }
}
