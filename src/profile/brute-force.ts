import { type Configuration, nameOf } from './configuration.js';
import type { SearchPlan } from './search.js';

/** Measures everything, group by group. */
export class BruteForce implements SearchPlan {
  readonly most: number;
  readonly #open: Map<string, Configuration>;
  readonly #group: number;

  constructor(space: readonly Configuration[], group: number) {
    this.most = space.length;
    this.#group = group;
    this.#open = new Map(space.map((configuration) => [nameOf(configuration), configuration]));
  }

  record(configuration: Configuration): void {
    this.#open.delete(nameOf(configuration));
  }

  fail(failed: Configuration, never: boolean): void {
    this.#open.delete(nameOf(failed));
    for (const [name, { variant, provider }] of this.#open) {
      if (never && variant === failed.variant && provider === failed.provider) this.#open.delete(name);
    }
  }

  next(): Configuration[] {
    return [...this.#open.values()].slice(0, this.#group);
  }
}
