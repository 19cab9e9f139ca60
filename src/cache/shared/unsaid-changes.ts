/** Names of keys and tags that may wait; beyond, everything is to be cleared. */
const MOST = 10_000;

/**
 * What was changed here while the server could not be told: it is told before anything is read there again. Values do not
 * wait, as others may have newer ones by then: what they were to replace goes. Too much is forgotten rather than too little.
 */
export class UnsaidChanges {
  readonly #keys = new Set<string>();
  readonly #tags = new Set<string>();
  #everything = false;

  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#tags.size === 0 && !this.#everything;
  }

  addKeys(keys: Iterable<string>): void {
    if (this.#everything) return;
    for (const key of keys) this.#keys.add(key);
    this.#bound();
  }

  addTags(tags: Iterable<string>): void {
    if (this.#everything) return;
    for (const tag of tags) this.#tags.add(tag);
    this.#bound();
  }

  addEverything(): void {
    this.#keys.clear();
    this.#tags.clear();
    this.#everything = true;
  }

  /** The server has something newer under the key. */
  drop(key: string): void {
    this.#keys.delete(key);
  }

  /** Takes out what is to be said next; where that fails, it is put back with `add…`. */
  take(most: number): { everything: boolean; tags: string[]; keys: string[] } {
    const everything = this.#everything;
    this.#everything = false;
    return { everything, tags: taken(this.#tags, most), keys: taken(this.#keys, most) };
  }

  /** Whether what the server has under the key, with these tags, may be what was changed. */
  concerns(key: string, tags: readonly string[]): boolean {
    return this.#everything || this.#keys.has(key) || (this.#tags.size > 0 && tags.some((tag) => this.#tags.has(tag)));
  }

  #bound(): void {
    if (this.#keys.size + this.#tags.size > MOST) this.addEverything();
  }
}

function taken(names: Set<string>, most: number): string[] {
  const some: string[] = [];
  for (const name of names) {
    if (some.length >= most) break;
    some.push(name);
    names.delete(name);
  }
  return some;
}
