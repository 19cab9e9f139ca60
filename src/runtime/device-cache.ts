import { join } from 'node:path';
import { CACHE_DEGRADED, CACHE_SET_ASIDE, cacheDegraded, cacheSetAside } from '../cache/alerts.js';
import { Cache } from '../cache/cache.js';
import { type CacheReading, cacheMetrics } from '../cache/metrics.js';
import { CACHE_MIGRATIONS } from '../cache/migrations.js';
import type { DiskTierOptions, SharedOptions } from '../cache/options.js';
import { MAX_TAGS_PER_MESSAGE } from '../cache/shared-invalidation.js';
import { MAX_TAG_LENGTH } from '../cache/tags.js';
import type { Config } from '../config/config.js';
import { type CommandCall, declareCommand } from '../foundation/command.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { z } from '../foundation/validate.js';
import type { Checkpointer } from '../store/checkpointer.js';
import type { ConnectionWatch } from '../store/connection-watch.js';
import { openDatabase } from '../store/database.js';
import type { DatabasePort } from '../store/database-port.js';
import { sqliteProblem } from '../store/sqlite.js';
import type { Alerts } from '../telemetry/alerts/alerts.js';
import type { DeviceCommands } from './commands/device-commands.js';
import type { DevicePublisher } from './publishing/device-publisher.js';

export interface DeviceCacheParts {
  readonly alerts: Pick<Alerts, 'raise' | 'clear'>;
  /** Shares with the site what is invalidated, where that is configured; null: there is no broker. */
  readonly publisher: Pick<DevicePublisher, 'scope' | 'siteCommand'> | null;
  readonly commands: Pick<DeviceCommands, 'hasSiteKey' | 'onNews'>;
  /** Default: the cache's thread brings its log into the database. */
  readonly checkpointer?: Checkpointer;
  /** Sees what is asked of it. */
  readonly watch?: ConnectionWatch | undefined;
  /** Caches that a command for this one holds for as well: those of tenants. */
  readonly others?: () => readonly Cache[];
  readonly log: Log;
  /** For tests: why no database can be opened on this machine; null where one can. */
  readonly sqliteProblem?: () => string | null;
}

const INVALIDATE = 'invalidate';
/**
 * Between two writings of entries: while a scene is learned the same few records change every second or two, and a kill costs no more
 * than learning them again. Written each second they were 200 MB a day.
 */
const WRITE_EVERY_MS = 60_000;

const invalidatePayload = z
  .strictObject({
    tags: z.array(z.string().min(1).max(MAX_TAG_LENGTH)).min(1).max(MAX_TAGS_PER_MESSAGE).optional(),
    keys: z.array(z.string().min(1).max(1000)).min(1).max(100).optional(),
  })
  .refine(({ tags, keys }) => tags !== undefined || keys !== undefined, 'expected tags or keys');

/**
 * The one cache of the device, with its place in the program: tiers by configuration, the database in
 * `<store.dir>/cache.db`, alerts about it, invalidation by command and shared with the site.
 */
export class DeviceCache implements Part {
  readonly name = 'cache';
  readonly essential = false;
  readonly metrics = cacheMetrics(() => this.reading());
  readonly alerts = [CACHE_DEGRADED, CACHE_SET_ASIDE];
  readonly commands = [
    declareCommand({
      name: INVALIDATE,
      access: 'signed',
      help: 'What was cached under the tags is stale, and what has the keys is deleted (on this device only).',
      payload: invalidatePayload,
      handle: (body, call) => this.#invalidate(body, call),
    }),
  ];
  readonly settings = [{ path: 'cache', requiresRestart: true }];
  readonly cache: Cache;
  readonly #wantsDisk: boolean;
  readonly #others: () => readonly Cache[];

  /** Touches no file before `start`; only whether better-sqlite3 can be loaded is found out. */
  constructor({ cache: config, store }: Pick<Config, 'cache' | 'store'>, parts: DeviceCacheParts) {
    const file = join(store.dir, 'cache.db');
    this.#wantsDisk = config.disk;
    this.#others = parts.others ?? (() => []);
    const disk = config.disk ? cacheDiskTier(file, config.diskBytes, parts) : null;
    const shared = config.shareInvalidations ? sharedOver(parts) : null;
    this.cache = new Cache({
      memory: { maxBytes: config.memoryBytes, strategy: config.strategy },
      ...(disk && { disk }),
      ...(shared && { shared }),
      log: parts.log,
    });
    const { alerts } = parts;
    this.cache.events.on('degraded', (reason) => alerts.raise(CACHE_DEGRADED.code, cacheDegraded(reason, file)));
    this.cache.events.on('recovered', () => alerts.clear(CACHE_DEGRADED.code));
    this.cache.events.on('setAside', (aside) => alerts.raise(CACHE_SET_ASIDE.code, cacheSetAside(aside)));
  }

  /** Makes the folder, opens the database and begins to write behind. To be called once; never throws for the disk. */
  start(): void {
    this.cache.start();
  }

  /** Writes what waits and closes the database; memory may still be used. */
  stop(): void {
    this.cache.stop();
  }

  /** What the metrics tell of it. */
  reading(): CacheReading {
    const { memory, disk, shared } = this.cache.getStats();
    return { memory, disk, shared, degraded: this.#wantsDisk ? disk === null || disk.state === 'degraded' : null };
  }

  /** What every device of the site hears is not told to them again. */
  #invalidate(body: z.infer<typeof invalidatePayload>, { toSite }: CommandCall): { tags: number; keys: number } {
    const tags = [...new Set(body.tags)];
    this.cache.invalidateByTags(tags, { share: !toSite });
    const others = this.#others();
    for (const cache of others) cache.invalidateByTags(tags);
    const holders = [this.cache, ...others];
    const keys = [...new Set(body.keys)].filter((key) => holders.filter((cache) => cache.delete(key)).length > 0);
    return { tags: tags.length, keys: keys.length };
  }
}

/** A disk tier with its database in `file`; null, and a word about it, where this machine cannot have one. */
export function cacheDiskTier(
  file: string,
  maxBytes: number,
  { log, checkpointer, watch, ...parts }: Pick<DeviceCacheParts, 'log' | 'checkpointer' | 'watch' | 'sqliteProblem'>,
): DiskTierOptions | null {
  const problem = (parts.sqliteProblem ?? sqliteProblem)();
  if (problem !== null) {
    log.warn(`the cache has no disk tier, memory goes on: ${problem}; \`cache.disk: false\` says that none is wanted`);
    return null;
  }
  const open = (): DatabasePort =>
    openDatabase({ file, migrations: CACHE_MIGRATIONS, log, watch, ...(checkpointer && { checkpointer }) });
  return { open, maxBytes, entriesInterval: WRITE_EVERY_MS };
}

function sharedOver({ publisher, commands, log }: DeviceCacheParts): SharedOptions | null {
  if (publisher === null) {
    log.warn('cache.shareInvalidations has no effect without a broker: set mqtt.broker');
    return null;
  }
  if (!commands.hasSiteKey) {
    log.warn(
      'cache.shareInvalidations has no effect without commands.siteKeyFile, a key that the devices of the site share: `edge-optimizer command keygen` makes one',
    );
    return null;
  }
  return {
    scope: publisher.scope,
    transport: {
      publish: (message) => publisher.siteCommand(INVALIDATE, message),
      subscribe: (listener) => commands.onNews(INVALIDATE, (body) => listener(JSON.stringify(body))),
    },
  };
}
