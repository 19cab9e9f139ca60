import { type Config, configSchema } from '../../config/config.js';
import { expectation, isSection, nodeAt } from '../../config/schema.js';
import type { Log } from '../../foundation/log.js';
import type { Setting } from '../../foundation/part.js';
import { didYouMean } from '../../foundation/validate.js';
import { type BothClocks, isOver, type OrderTerm } from './order-terms.js';

/** A key that a command has given another value. */
export interface SettingOverride {
  readonly key: string;
  readonly value: unknown;
  /** What the configuration says, and what comes back. */
  readonly configured: unknown;
  readonly term: OrderTerm;
}

type Live = Setting & { readonly apply: NonNullable<Setting['apply']> };

/**
 * Values of the configuration that hold for a time only: checked by its schema, handed to the part that has the key, and taken
 * back. Only keys of parts that can take a new value up while they run may be set.
 */
export class SettingOverrides {
  readonly #config: Config;
  readonly #live: readonly Live[];
  readonly #log: Log;
  readonly #all = new Map<string, SettingOverride>();

  constructor(config: Config, settings: readonly Setting[], log: Log) {
    this.#config = config;
    this.#live = settings.filter((setting): setting is Live => setting.apply !== undefined);
    this.#log = log;
  }

  get all(): readonly SettingOverride[] {
    return [...this.#all.values()];
  }

  /** @throws RangeError where the key cannot be set */
  checkKey(key: string): void {
    this.#owner(key);
  }

  /**
   * What a key may be set to.
   *
   * @returns the value as the schema gives it
   * @throws RangeError where the key cannot be set or the value is none of it
   */
  check(key: string, value: unknown): unknown {
    this.#owner(key);
    const changed = structuredClone(this.#config) as Record<string, unknown>;
    put(changed, key.split('.'), value);
    const parsed = configSchema.safeParse(changed);
    if (parsed.success) return get(parsed.data, key);
    const node = nodeAt(key.split('.'));
    const wanted = node === null ? parsed.error.issues[0]!.message : expectation(node);
    throw new RangeError(`${key}: expected ${wanted}, got ${JSON.stringify(value)}`);
  }

  /** @param value as `check` gives it @throws what the part throws, and the key keeps the value that it has */
  async set(key: string, value: unknown, term: OrderTerm): Promise<SettingOverride> {
    await this.#owner(key).apply(value, key);
    const override = { key, value, configured: get(this.#config, key), term };
    this.#all.set(key, override);
    this.#log.info({ setting: key, value, by: term.by, until: term.until }, 'a setting holds another value for a time');
    return override;
  }

  /** The configured value comes back. @returns whether the key had another one @throws what the part throws */
  async takeBack(key: string): Promise<boolean> {
    const override = this.#all.get(key);
    if (override === undefined) return false;
    this.#all.delete(key);
    await this.#owner(key).apply(override.configured, key);
    this.#log.info({ setting: key, value: override.configured }, 'a setting holds its configured value again');
    return true;
  }

  /** Keys whose time is over. */
  over(now: BothClocks): readonly string[] {
    return this.all.filter(({ term }) => isOver(term, now)).map(({ key }) => key);
  }

  #owner(key: string): Live {
    const owner = this.#live.find(({ path }) => path === key || (isSectionAt(path) && key.startsWith(`${path}.`)));
    const node = nodeAt(key.split('.'));
    if (owner !== undefined && isSection(node)) {
      const [one] = Object.keys(node.properties);
      throw new RangeError(`${key}: a section cannot be set, only keys of it, such as ${key}.${one}`);
    }
    if (owner !== undefined && node !== null) return owner;
    const known = this.#live.map(({ path }) => (isSectionAt(path) ? `${path}.…` : path));
    const meant = didYouMean(key, this.#live.flatMap(keysOf));
    const hint = meant === null ? `those that can be are ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new RangeError(`${key}: cannot be set while the program runs; ${hint}`);
  }
}

function keysOf({ path }: Live): readonly string[] {
  const node = nodeAt(path.split('.'));
  return isSection(node) ? Object.keys(node.properties).map((name) => `${path}.${name}`) : [path];
}

function isSectionAt(path: string): boolean {
  return isSection(nodeAt(path.split('.')));
}

/** undefined where nothing is said there. */
function get(tree: unknown, key: string): unknown {
  let value = tree;
  for (const name of key.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}

function put(tree: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) tree[name!] = value;
  else put(tree[name!] as Record<string, unknown>, rest, value);
}
