import { EventEmitter } from 'node:events';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { EvictionReason } from './stats.js';

export type TierName = 'memory' | 'disk' | 'shared';

/** What a cache tells, and with which arguments. */
export interface CacheEventMap {
  hit: [key: string, tier: TierName];
  miss: [key: string];
  /** An expired value was served while its refresh runs. */
  stale: [key: string];
  set: [key: string];
  delete: [key: string];
  clear: [];
  evict: [key: string, tier: TierName, reason: EvictionReason];
  /** Tags invalidated here (`local`), or by another device or program (`remote`). */
  invalidate: [tags: readonly string[], from: 'local' | 'remote'];
  /** A refresh in the background failed; the stale value goes on until its grace ends. */
  refreshFailed: [key: string, error: unknown];
  /** The tier behind memory cannot write, read or open; the memory tier goes on. */
  degraded: [reason: string];
  recovered: [];
  /** A corrupt database was renamed to `file` and a new one begun. */
  setAside: [file: string];
}

/** A typed emitter whose listeners cannot break the cache: what they throw is logged. */
export class CacheEvents extends EventEmitter<CacheEventMap> {
  readonly #log: Log;

  constructor(log: Log) {
    super();
    this.#log = log;
  }

  /** Emits only where somebody listens, and never throws. */
  tell<K extends keyof CacheEventMap>(name: K, ...args: CacheEventMap[K]): void {
    if (this.listenerCount(name) === 0) return;
    try {
      (this.emit as (name: K, ...args: CacheEventMap[K]) => boolean).call(this, name, ...args);
    } catch (error) {
      this.#log.error({ event: name, error: explain(error) }, 'a listener of the cache failed');
    }
  }
}
