import { join } from 'node:path';
import { Cache } from '../../cache/cache.js';
import type { TierStats } from '../../cache/stats.js';
import type { Config } from '../../config/config.js';
import { tenantConfig } from '../../config/tenants.js';
import type { Log } from '../../foundation/log.js';
import type { MetricRow, Reading } from '../../foundation/metric-row.js';
import type { Part } from '../../foundation/part.js';
import { scopeFolder, type TenantId } from '../../foundation/scope.js';
import type { Checkpointer } from '../../store/checkpointer.js';
import { cacheDiskTier } from '../device-cache.js';

/** What the caches of tenants need of the device. */
export interface TenantCachesParts {
  /** The device's own. */
  readonly own: { readonly cache: Cache };
  readonly checkpointer?: Checkpointer;
  readonly log: Log;
  /** For tests: why no database can be opened on this machine; null where one can. */
  readonly sqliteProblem?: () => string | null;
}

/**
 * A cache for each tenant, with its own bounds in memory and on disk and its database in its own folder: what one tenant
 * remembers neither reaches another nor pushes out what that remembers.
 */
export class TenantCaches implements Part {
  readonly name = 'tenant-caches';
  readonly essential = false;
  readonly metrics: readonly MetricRow[] = this.#rows();
  readonly #own: { readonly cache: Cache };
  readonly #caches: ReadonlyMap<string, Cache>;

  /** Touches no file before `start`. */
  constructor(config: Config, { own, log, ...parts }: TenantCachesParts) {
    this.#own = own;
    this.#caches = new Map(
      config.tenants.map((tenant) => {
        const { cache, store } = tenantConfig(config, tenant);
        const scope = { site: config.site, device: 'device', tenant: tenant.id };
        const file = join(scopeFolder(scope, store.dir), 'cache.db');
        const theirLog = log.child({ tenant: tenant.id });
        const disk = cache.disk ? cacheDiskTier(file, cache.diskBytes, { ...parts, log: theirLog }) : null;
        const memory = { maxBytes: cache.memoryBytes, strategy: cache.strategy };
        return [tenant.id, new Cache({ memory, ...(disk && { disk }), log: theirLog })];
      }),
    );
  }

  /** The cache of a tenant; of null, and of one that is not configured, the device's own. */
  of(tenant: TenantId): Cache {
    return (tenant === null ? undefined : this.#caches.get(tenant)) ?? this.#own.cache;
  }

  /** All that there are, the device's own first. */
  get all(): readonly Cache[] {
    return [this.#own.cache, ...this.#caches.values()];
  }

  start(): void {
    for (const cache of this.#caches.values()) cache.start();
  }

  stop(): void {
    for (const cache of this.#caches.values()) cache.stop();
  }

  #rows(): readonly MetricRow[] {
    const each = (read: (tier: TierStats) => number) => () => this.#readings(read);
    const labels = ['tenant', 'tier'];
    return [
      {
        type: 'gauge',
        name: 'tenant_cache_size',
        unit: 'bytes',
        labels,
        step: 2 ** 16,
        help: 'Estimated size of what the cache of a tenant holds in a tier: memory, disk.',
        read: each((tier) => tier.bytes),
      },
      {
        type: 'counter',
        name: 'tenant_cache_evictions',
        unit: 'entries',
        labels,
        step: 1,
        help: 'Entries of a tenant that had to go because its own bound was reached.',
        read: each((tier) => tier.evictions.budget),
      },
    ];
  }

  *#readings(read: (tier: TierStats) => number): Generator<Reading<number>> {
    for (const [tenant, cache] of this.#caches) {
      const { memory, disk } = cache.getStats();
      if (memory) yield [[tenant, 'memory'], read(memory)];
      if (disk) yield [[tenant, 'disk'], read(disk)];
    }
  }
}
