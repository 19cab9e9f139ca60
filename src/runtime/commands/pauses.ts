import { type BothClocks, isOver, type OrderTerm } from './order-terms.js';

/** In the place of a camera: all of them, those that begin later too. */
export const EVERY_CAMERA = '*';

/** Which cameras are not to be answered, by command. */
export class Pauses {
  readonly #terms = new Map<string, OrderTerm>();
  readonly #listeners: (() => void)[] = [];

  /** Why a camera is paused; null where it is not. */
  of(camera: string): OrderTerm | null {
    if (this.#terms.size === 0) return null;
    return this.#terms.get(camera) ?? this.#terms.get(EVERY_CAMERA) ?? null;
  }

  get all(): ReadonlyMap<string, OrderTerm> {
    return this.#terms;
  }

  /** @param camera an id, or `EVERY_CAMERA` */
  add(camera: string, term: OrderTerm): void {
    this.#terms.set(camera, term);
    this.#tell();
  }

  /** @returns whether there was one */
  delete(camera: string): boolean {
    const was = this.#terms.delete(camera);
    if (was) this.#tell();
    return was;
  }

  /** Those whose time is over. */
  over(now: BothClocks): readonly string[] {
    return [...this.#terms].filter(([, term]) => isOver(term, now)).map(([camera]) => camera);
  }

  /** Has a listener hear of each change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
