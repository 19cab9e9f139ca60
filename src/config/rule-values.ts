import type { Layers } from './layers.js';
import { nodeAt, type Path } from './schema.js';

/** Values for the rules between keys: the said one or its default; null where unset or already found wrong. */
export class Values {
  readonly #layers: Layers;
  readonly #wrong: readonly Path[];

  constructor(layers: Layers, wrong: readonly Path[]) {
    this.#layers = layers;
    this.#wrong = wrong;
  }

  number(path: string): number | null {
    const value = this.#value(path);
    return typeof value === 'number' ? value : null;
  }

  text(path: string): string | null {
    const value = this.#value(path);
    return typeof value === 'string' ? value : null;
  }

  isSet(path: string): boolean {
    const value = this.#value(path);
    return value !== null && value !== undefined;
  }

  /** Whether it, or what it is in, was found wrong in itself. */
  isWrong(dotted: string): boolean {
    const path = dotted.split('.');
    return this.#wrong.some((wrong) => wrong.every((key, index) => key === path[index]));
  }

  isTrue(path: string): boolean {
    return this.#value(path) === true;
  }

  count(path: string): number {
    const value = this.#value(path);
    return Array.isArray(value) ? value.length : 0;
  }

  /** ` (file site.yaml:12, EDGE_X)` for what was said among these paths. */
  said(...paths: string[]): string {
    const origins = paths.map((path) => this.#layers.origin(path.split('.'))).filter((origin) => origin !== null);
    return origins.length === 0 ? '' : ` (${[...new Set(origins)].join(', ')})`;
  }

  #value(dotted: string): unknown {
    if (this.isWrong(dotted)) return null;
    const path = dotted.split('.');
    return this.#layers.get(path) ?? nodeAt(path)?.default ?? null;
  }
}
