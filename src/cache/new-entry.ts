import { type Entry, makeEntry } from './entry.js';
import type { EntryOptions } from './options.js';
import { entryBytes } from './serialize.js';

/** What a cache gives entries whose own options say nothing. */
export interface EntryDefaults {
  /** ms; Infinity: never expires. */
  readonly ttl: number;
  readonly grace: number;
  readonly jitter: number;
  /** null: as `ttl`. */
  readonly negativeTtl: number | null;
  /** Unix ms. */
  readonly now: () => number;
  /** 0..1, for jitter. */
  readonly random: () => number;
}

const NO_TAGS: readonly string[] = [];

/**
 * The entry for a value; null where the value is not to be kept.
 *
 * @param stamp when the value began to be computed
 * @throws TypeError for a value that cannot be kept
 */
export function newEntry(
  key: string,
  value: unknown,
  stamp: number,
  options: EntryOptions,
  defaults: EntryDefaults,
): Entry | null {
  if (value === undefined) {
    throw new TypeError(`undefined cannot be cached under ${key}: store null for "there is none"`);
  }
  const negative = value === null ? (options.negativeTtl ?? defaults.negativeTtl) : null;
  if (negative === 0) return null;
  const lifetime = {
    ttl: negative ?? options.ttl ?? defaults.ttl,
    grace: options.grace ?? defaults.grace,
    jitter: options.jitter ?? defaults.jitter,
  };
  const bytes = entryBytes(key, value);
  const tags = options.tags?.length ? [...options.tags] : NO_TAGS;
  const draw = lifetime.jitter > 0 ? defaults.random() : 0;
  return makeEntry(value, bytes, stamp, tags, lifetime, defaults.now(), draw);
}
