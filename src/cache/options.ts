import { type Log, silentLog } from '../foundation/log.js';
import type { Scope } from '../foundation/scope.js';
import type { DatabasePort } from '../store/database-port.js';
import { type MemorySettings, type MemoryTier, STRATEGIES, type StrategyName } from './memory.js';
import type { InvalidationTransport } from './shared-invalidation.js';
import { isCacheName, MAX_TAG_LENGTH } from './tags.js';

/** How an entry is kept; what is left out comes from the cache's own options. */
export interface EntryOptions {
  /** ms that a value is fresh; Infinity: until it is invalidated or evicted. */
  readonly ttl?: number;
  /** ms after the ttl during which `getOrSet` serves the old value while a new one is computed. */
  readonly grace?: number;
  /** 0..1: share of the ttl that chance may take away. */
  readonly jitter?: number;
  /** ms that `null` (there is no such thing) is kept instead of the ttl; 0: not at all. */
  readonly negativeTtl?: number;
  /** Names under which the entry can be invalidated; at most 32. */
  readonly tags?: readonly string[];
}

export interface MemoryTierOptions {
  /** Estimated bytes; default 16 MiB. */
  readonly maxBytes?: number;
  /** Default `lru`. */
  readonly strategy?: StrategyName;
}

export interface DiskTierOptions {
  /** Opens the database with `CACHE_MIGRATIONS` applied; tried again later where it throws. */
  readonly open: () => DatabasePort;
  /** Estimated bytes of the rows; default 256 MiB. */
  readonly maxBytes?: number;
  /** Bytes that may wait to be written; default 8 MiB. */
  readonly maxPendingBytes?: number;
  /** ms between two transactions; default 1000. */
  readonly flushInterval?: number;
  /** ms that entries may wait for theirs, which a kill loses: fewer pages are written; default 0. Invalidations do not wait so long. */
  readonly entriesInterval?: number;
}

export interface SharedOptions {
  readonly transport: InvalidationTransport;
  /** The devices of a site hear each other where they have the same tenant. */
  readonly scope: Scope;
}

export interface CacheOptions extends Omit<EntryOptions, 'tags'> {
  /** false: no memory tier. */
  readonly memory?: MemoryTierOptions | false;
  readonly disk?: DiskTierOptions;
  readonly shared?: SharedOptions;
  /** ms after which waiting for a factory ends with E_SOURCE; default 30 000; Infinity: never. */
  readonly factoryTimeout?: number;
  /** ms between two sweeps for expired entries; default 60 000, 0: none. */
  readonly cleanupInterval?: number;
  readonly log?: Log;
  /** Unix ms. */
  readonly now?: () => number;
  /** 0..1, for jitter. */
  readonly random?: () => number;
}

const MAX_KEY_LENGTH = 1024;
const MAX_TAGS = 32;

/** Everything decided. @throws RangeError for options that no cache can have, all of them at once */
export function resolveOptions(options: CacheOptions) {
  const resolved = {
    ttl: options.ttl ?? Number.POSITIVE_INFINITY,
    grace: options.grace ?? 0,
    jitter: options.jitter ?? 0,
    negativeTtl: options.negativeTtl ?? null,
    memory: options.memory === false ? null : { maxBytes: 16 * 2 ** 20, strategy: 'lru' as const, ...options.memory },
    disk: options.disk
      ? {
          maxBytes: 256 * 2 ** 20,
          maxPendingBytes: 8 * 2 ** 20,
          flushInterval: 1000,
          entriesInterval: 0,
          ...options.disk,
        }
      : null,
    shared: options.shared ?? null,
    factoryTimeout: options.factoryTimeout ?? 30_000,
    cleanupInterval: options.cleanupInterval ?? 60_000,
    log: options.log ?? silentLog,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
  };
  const problems = [
    ...lifetimeProblems(resolved),
    ...(resolved.memory ? strategyProblems('memory.strategy', resolved.memory.strategy) : []),
    ...(resolved.memory ? problemsOf('memory.maxBytes', resolved.memory.maxBytes, 1) : []),
    ...(resolved.disk ? problemsOf('disk.maxBytes', resolved.disk.maxBytes, 1) : []),
    ...(resolved.disk ? problemsOf('disk.maxPendingBytes', resolved.disk.maxPendingBytes, 1) : []),
    ...(resolved.disk ? problemsOf('disk.flushInterval', resolved.disk.flushInterval, 1) : []),
    ...(resolved.disk ? timerProblems('disk.flushInterval', resolved.disk.flushInterval) : []),
    ...(resolved.disk ? problemsOf('disk.entriesInterval', resolved.disk.entriesInterval, 0) : []),
    ...timerProblems('cleanupInterval', resolved.cleanupInterval),
    ...(resolved.factoryTimeout === Number.POSITIVE_INFINITY
      ? []
      : timerProblems('factoryTimeout', resolved.factoryTimeout)),
  ];
  if (problems.length > 0) throw refused('the cache cannot be made', problems);
  return resolved;
}

/** @throws RangeError for what no memory tier can be */
function checkedMemory(settings: MemorySettings): MemorySettings {
  const problems = [
    ...strategyProblems('strategy', settings.strategy),
    ...problemsOf('maxBytes', settings.maxBytes, 1),
  ];
  if (problems.length > 0) throw refused('the memory of the cache cannot be changed', problems);
  return settings;
}

/** Another strategy or budget for a cache's memory. @throws RangeError where it has none, or there is no such strategy or budget */
export function changeMemoryTier(memory: MemoryTier | null, changes: Partial<MemorySettings>): void {
  if (memory === null) throw new RangeError('this cache has no memory tier that could be changed');
  memory.change(checkedMemory({ ...memory.settings, ...changes }));
}

function strategyProblems(path: string, strategy: unknown): string[] {
  const names = Object.keys(STRATEGIES);
  return names.some((name) => name === strategy)
    ? []
    : [`${path}: expected one of ${names.join(', ')}, got ${shown(strategy)}`];
}

export const NO_OPTIONS: EntryOptions = {};

/** @throws RangeError for what no entry can have */
export function checkEntry(key: unknown, options: EntryOptions): void {
  const named = isCacheName(key, MAX_KEY_LENGTH);
  if (named && options === NO_OPTIONS) return;
  const problems = lifetimeProblems(options);
  if (!named) problems.push(`key: expected a text of 1 to ${MAX_KEY_LENGTH} characters, got ${shown(key)}`);
  if (options.tags != null) problems.push(...tagProblems(options.tags, MAX_TAGS));
  if (problems.length > 0) throw refused('the entry cannot be cached', problems);
}

/** @throws RangeError for names that no tag can have */
export function checkTags(tags: readonly string[]): void {
  const problems = tagProblems(tags, Number.POSITIVE_INFINITY);
  if (problems.length > 0) throw refused('the tags cannot be invalidated', problems);
}

const refused = (what: string, problems: readonly string[]): RangeError =>
  new RangeError(`${what}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);

function lifetimeProblems(lifetime: {
  ttl?: number;
  grace?: number;
  jitter?: number;
  negativeTtl?: number | null;
}): string[] {
  const { ttl, grace, jitter, negativeTtl } = lifetime;
  const problems: string[] = [];
  if (ttl !== undefined && !(typeof ttl === 'number' && ttl > 0))
    problems.push(`ttl: expected ms above 0, got ${shown(ttl)}`);
  if (grace !== undefined) problems.push(...problemsOf('grace', grace, 0));
  if (negativeTtl != null) problems.push(...problemsOf('negativeTtl', negativeTtl, 0));
  if (jitter !== undefined && !(typeof jitter === 'number' && jitter >= 0 && jitter <= 1)) {
    problems.push(`jitter: expected 0 to 1, got ${shown(jitter)}`);
  }
  return problems;
}

function tagProblems(tags: readonly unknown[], most: number): string[] {
  if (!Array.isArray(tags)) return [`tags: expected a list of texts, got ${shown(tags)}`];
  const problems = tags.length > most ? [`tags: expected at most ${most}, got ${tags.length}`] : [];
  for (const tag of tags) {
    if (isCacheName(tag, MAX_TAG_LENGTH)) continue;
    problems.push(`tags: expected texts of 1 to ${MAX_TAG_LENGTH} characters, got ${shown(tag)}`);
  }
  return problems;
}

function problemsOf(name: string, value: number, least: number): string[] {
  return typeof value === 'number' && value >= least
    ? []
    : [`${name}: expected a number of at least ${least}, got ${shown(value)}`];
}

/** Node's timers fire at once beyond 31 bits. */
function timerProblems(name: string, ms: number): string[] {
  return ms >= 0 && ms < 2 ** 31 ? [] : [`${name}: expected 0 to ${2 ** 31 - 1} ms, got ${shown(ms)}`];
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
