import { isMapping, isSection, nodeAt, type Path } from './schema.js';

/** Where a value came from, for people: `default`, `board x86-cpu`, `file site.yaml:12`, `EDGE_MQTT_BROKER`, `--broker`. */
export type ValueOrigin = string;

/** The sources of a configuration; a later one wins over an earlier one. */
export const LAYERS = ['board', 'file', 'environment', 'flags'] as const;
export type ConfigLayer = (typeof LAYERS)[number];

interface Placed {
  readonly origin: ValueOrigin;
  readonly layer: ConfigLayer;
}

type Tree = Record<string, unknown>;

/** Sources laid over each other: sections merge key by key, everything else (also a list) is replaced as a whole. */
export class Layers {
  /** The values as they now are, without defaults and not yet checked. */
  readonly root: Tree = {};
  readonly #placed = new Map<string, Placed>();

  /** Lays one value, which may be a section with all beneath it, over what is there. */
  put(layer: ConfigLayer, path: Path, value: unknown, originOf: (path: Path) => ValueOrigin): void {
    if (value === undefined) return;
    const node = nodeAt(path);
    // a section whose keys are all commented out reads as null
    const merges = isSection(node) || isMapping(node);
    const laid = value === null && merges ? {} : value;
    if (isTree(laid) && merges) {
      if (path.length > 0) {
        if (!isTree(this.get(path))) this.#forget(path);
        this.#placed.set(path.join('.'), { origin: originOf(path), layer });
      }
      for (const [key, child] of Object.entries(laid)) this.put(layer, [...path, key], child, originOf);
      return;
    }
    this.#forget(path);
    this.#set(path, structuredClone(laid));
    this.#mark(layer, path, laid, originOf);
  }

  /** Takes the value at `path` away. */
  drop(path: Path): void {
    this.#forget(path);
    const section = this.get(path.slice(0, -1));
    if (isTree(section)) delete section[path[path.length - 1]!];
  }

  /** The value at `path` if a source says one. */
  get(path: Path): unknown {
    let value: unknown = this.root;
    for (const key of path) {
      if (!isTree(value) && !Array.isArray(value)) return undefined;
      value = Object.hasOwn(value, key) ? (value as Tree)[key] : undefined;
    }
    return value;
  }

  /** Where the value at exactly `path` came from; null where no source says it. */
  origin(path: Path): ValueOrigin | null {
    return this.#placed.get(path.join('.'))?.origin ?? null;
  }

  /** Where the value at `path`, or what it should have been part of, came from. */
  nearestOrigin(path: Path): ValueOrigin | null {
    for (let length = path.length; length > 0; length--) {
      const origin = this.origin(path.slice(0, length));
      if (origin !== null) return origin;
    }
    return null;
  }

  /** Which source the value at exactly `path` came from. */
  layer(path: Path): ConfigLayer | null {
    return this.#placed.get(path.join('.'))?.layer ?? null;
  }

  #set(path: Path, value: unknown): void {
    let tree: Tree = this.root;
    for (const key of path.slice(0, -1)) {
      const next = Object.hasOwn(tree, key) ? tree[key] : undefined;
      if (typeof next === 'object' && next !== null) tree = next as Tree;
      else define(tree, key, (tree = {}));
    }
    define(tree, path[path.length - 1]!, value);
  }

  #forget(path: Path): void {
    if (this.get(path) === undefined) return;
    const at = path.join('.');
    for (const key of this.#placed.keys()) if (key === at || key.startsWith(`${at}.`)) this.#placed.delete(key);
  }

  #mark(layer: ConfigLayer, path: Path, value: unknown, originOf: (path: Path) => ValueOrigin): void {
    this.#placed.set(path.join('.'), { origin: originOf(path), layer });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) this.#mark(layer, [...path, key], child, originOf);
  }
}

/** Own property whatever its name is, so that `__proto__` in a file is an unknown key and nothing more. */
function define(tree: Tree, key: string, value: unknown): void {
  Object.defineProperty(tree, key, { value, enumerable: true, writable: true, configurable: true });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
