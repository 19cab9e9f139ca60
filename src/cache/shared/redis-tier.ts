import { randomUUID } from 'node:crypto';
import type { Entry } from '../entry.js';
import { type EvictionReason, TierCounters } from '../stats.js';
import type { TagTime } from '../tags.js';
import { connectRedis, type RedisConnection, redisClientInstalled } from './redis-client.js';
import { type ClaimedEntry, type FoundEntry, type HeldLease, RedisCommands } from './redis-commands.js';
import { packEntry, unpackEntry } from './redis-entry.js';
import { HeldLeases } from './redis-leases.js';
import { RedisLink, within } from './redis-link.js';
import { HeardChanges, parseNews } from './redis-news.js';
import { type RedisSettings, type RedisTierOptions, redisSettings } from './redis-options.js';
import type { Claim, Fulfilment, MakeSharedTier, SharedTier, SharedTierParts, SharedTierStats } from './shared-tier.js';
import { UnsaidChanges } from './unsaid-changes.js';
import { WaitingCallers } from './waiting-callers.js';

const TIME_EVERY = 4;
const SAY_AT_ONCE = 100;

/**
 * A tier on a Redis or Valkey server. What is decided between programs is decided in the server, by scripts that run as one
 * step: whether an entry is stale, who computes a key, whether a computed value may still be kept.
 */
class RedisTier implements SharedTier {
  readonly counters = new TierCounters(TIME_EVERY);
  readonly #settings: RedisSettings;
  readonly #parts: SharedTierParts;
  readonly #link: RedisLink;
  readonly #unsaid = new UnsaidChanges();
  readonly #commands: RedisCommands;
  readonly #heard = new HeardChanges();
  readonly #waiting = new WaitingCallers();
  readonly #leases: HeldLeases;
  #saying: Promise<void> | null = null;
  readonly #news = { received: 0, refused: 0, missed: 0 };

  constructor(settings: RedisSettings, parts: SharedTierParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#commands = new RedisCommands(settings.root);
    this.#leases = new HeldLeases(settings.lease, {
      fulfil: (held, entry) => this.#fulfil(held, entry),
      release: (held) => this.#link.read((c) => this.#commands.release(c, held)),
      renew: (held) => this.#renew(held),
    });
    const { listener, log, random } = parts;
    this.#link = new RedisLink({
      connect: (lost) => this.#connect(lost),
      settle: (connection) => this.#settle(connection),
      beat: (connection) => (this.#unsaid.isEmpty ? connection.command('PING') : this.#sayAll(connection)),
      onLost: () => this.#waiting.wakeAll(),
      operationTimeout: settings.operationTimeout,
      listener,
      log,
      random,
    });
  }

  /** @throws EdgeError where the client's package is not installed, with the command that installs it */
  async start(): Promise<void> {
    await redisClientInstalled();
    await this.#link.start();
  }

  async stop(): Promise<void> {
    await this.#leases.releaseAll();
    this.#link.stop();
    this.#waiting.wakeAll();
  }

  async read(key: string): Promise<Entry | undefined> {
    const begun = this.counters.sample() ? performance.now() : 0;
    const entry = await this.#look(key);
    if (begun > 0) this.counters.timed(performance.now() - begun);
    return entry;
  }

  async #look(key: string): Promise<Entry | undefined> {
    const stamp = this.#parts.tags.stamp();
    const found = await this.#link.read((c) => this.#commands.read(c, key));
    return found === null ? undefined : this.#entryOf(key, found, stamp);
  }

  async has(key: string): Promise<boolean> {
    const entry = await this.#look(key);
    return entry !== undefined && this.#parts.now() < entry.expiresAt;
  }

  async claim(key: string): Promise<Claim> {
    const begun = this.counters.sample() ? performance.now() : 0;
    const stamp = this.#parts.tags.stamp();
    const token = randomUUID();
    const claimed = await this.#link.write((c) => this.#commands.claim(c, key, token, this.#settings.lease));
    if (begun > 0) this.counters.timed(performance.now() - begun);
    if (claimed === null) {
      // a server that takes no writes may still have it
      const entry = this.#link.health.state === 'degraded' ? await this.read(key) : undefined;
      return { entry, lease: null, heldForMs: null };
    }
    return this.#claimOf(key, token, claimed, stamp);
  }

  #claimOf(key: string, token: string, claimed: ClaimedEntry, stamp: number): Claim {
    const [state, raw, left, mine, held, epoch, number] = claimed;
    const entry = this.#entryOf(key, [state, raw, left], stamp, mine === 1);
    const lease = mine === 1 ? this.#leases.hold({ key, token, epoch: String(epoch), number: String(number) }) : null;
    // what is fresh there and not to be served here is nobody's to compute
    const isHeld = mine === 0 && (held > 0 || String(state) !== 'good');
    return { entry, lease, heldForMs: isHeld ? Math.max(1, held) : null };
  }

  async write(key: string, entry: Entry): Promise<void> {
    const packed = this.#pack(key, entry);
    if (packed === null) {
      await this.delete(key);
      return;
    }
    if ((await this.#link.write((c) => this.#commands.write(c, key, packed))) !== null) {
      this.#unsaid.drop(key);
      return;
    }
    this.#link.drop();
    await this.delete(key);
  }

  async delete(key: string): Promise<boolean> {
    // not as a write: a server without memory takes it too
    const removed = await this.#link.read((c) => this.#commands.remove(c, key));
    if (removed === null) this.#unsaid.addKeys([key]);
    else this.#unsaid.drop(key);
    return removed === true;
  }

  /** Nothing is believed from now on; the bytes go in the background. */
  async clear(): Promise<void> {
    this.#unsaid.addEverything();
    await this.#say();
    void this.#sweep();
  }

  async invalidate(times: readonly TagTime[]): Promise<void> {
    // the floor is the memory's own: the server has another
    this.#unsaid.addTags(times.map(([tag]) => tag).filter((tag) => tag !== ''));
    await this.#say();
  }

  flush(): void {}

  /** The server forgets by itself. */
  cleanup(): number {
    return 0;
  }

  changed(key: string, ms: number): Promise<void> {
    return this.#waiting.wait(key, ms);
  }

  stats(): SharedTierStats {
    return { ...this.counters.lookups(), ...this.#link.health, news: { ...this.#news } };
  }

  async #connect(lost: (error: unknown) => void): Promise<RedisConnection> {
    const { address, password, connectTimeout } = this.#settings;
    const listener = { news: (message: string) => this.#hear(message), lost };
    return connectRedis(address, password(), this.#commands.channel, connectTimeout, listener);
  }

  /** What others changed is caught up with, what this program changed meanwhile is said, and that writes are taken is found out. */
  async #settle(connection: RedisConnection): Promise<void> {
    const { operationTimeout } = this.#settings;
    const now = await within(operationTimeout, this.#commands.catchUp(connection, this.#heard.latest));
    if (this.#heard.catchUp(now)) this.#missed();
    await this.#sayAll(connection);
    await within(operationTimeout, this.#commands.probe(connection));
  }

  #missed(): void {
    this.#news.missed++;
    this.#parts.listener.missed();
  }

  /** Tells the server what it does not know, once what is being told has arrived; what fails waits for a connection. */
  async #say(): Promise<void> {
    const before = this.#saying;
    const saying = (async () => {
      await before;
      await this.#link.write((connection) => this.#sayAll(connection).then(() => true));
    })();
    this.#saying = saying;
    await saying;
    if (this.#saying === saying) this.#saying = null;
  }

  async #sayAll(connection: RedisConnection): Promise<void> {
    while (!this.#unsaid.isEmpty) {
      const taken = this.#unsaid.take(SAY_AT_ONCE);
      try {
        await within(this.#settings.operationTimeout, this.#sayTaken(connection, taken));
      } catch (error) {
        if (taken.everything) this.#unsaid.addEverything();
        this.#unsaid.addTags(taken.tags);
        this.#unsaid.addKeys(taken.keys);
        throw error;
      }
    }
  }

  /** All of it is under way at once, in this order. */
  async #sayTaken(connection: RedisConnection, { everything, tags, keys }: ReturnType<UnsaidChanges['take']>) {
    const said: Promise<unknown>[] = [];
    if (everything) said.push(this.#commands.clear(connection));
    if (tags.length > 0) said.push(this.#commands.invalidate(connection, tags));
    for (const key of keys) said.push(this.#commands.remove(connection, key));
    await Promise.all(said);
  }

  /** What the server gave, checked; undefined where it is not to be served. */
  #entryOf(key: string, [state, raw, left]: FoundEntry, stamp: number, isLeased = false): Entry | undefined {
    const word = String(state);
    if (word === 'none' || word === 'stale') return undefined;
    const entry = word === 'good' ? unpackEntry(key, raw, left, stamp, this.#parts.now()) : null;
    if (entry === null) {
      this.#evicted(key, 'corrupt');
      // the holder of the lease will replace it, and would lose the lease
      if (!isLeased) void this.delete(key);
      return undefined;
    }
    if (!this.#unsaid.concerns(key, entry.tags)) return entry;
    void this.#say();
    return undefined;
  }

  #pack(key: string, entry: Entry) {
    const packed = packEntry(key, entry, this.#parts.now());
    if (packed === null || packed.body.byteLength <= this.#settings.maxEntryBytes) return packed;
    this.#evicted(key, 'tooLarge');
    return null;
  }

  /** false where the lease is known to be lost. */
  async #renew(held: HeldLease): Promise<boolean> {
    return (await this.#link.write((c) => this.#commands.renew(c, held, this.#settings.lease))) !== false;
  }

  async #fulfil(held: HeldLease, entry: Entry): Promise<Fulfilment> {
    const packed = this.#pack(held.key, entry);
    if (packed === null) {
      await this.delete(held.key);
      return 'kept';
    }
    const kept = await this.#link.write((c) => this.#commands.fulfil(c, held, packed));
    if (kept !== null) return kept ? 'kept' : 'lost';
    this.#link.drop();
    return 'unreachable';
  }

  #hear(message: string): void {
    const news = parseNews(message);
    if (news === null) {
      this.#news.refused++;
      return;
    }
    if (this.#heard.hear(news)) this.#missed();
    if (news.kind === 'key' || news.kind === 'released') this.#waiting.wake(news.key);
    if (news.origin === this.#commands.origin) return;
    this.#news.received++;
    const { listener } = this.#parts;
    if (news.kind === 'key') listener.changed(news.key);
    else if (news.kind === 'tags') listener.invalidated(news.tags);
    else if (news.kind === 'cleared') listener.cleared();
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#parts.onEvict(key, reason);
  }

  /** Removes what was cleared, of this prefix alone. */
  async #sweep(): Promise<void> {
    let cursor: string | null = '0';
    do {
      const from: string = cursor;
      cursor = await this.#link.write((c) => this.#commands.sweep(c, from));
    } while (cursor !== null && cursor !== '0');
  }
}

/**
 * A tier that programs share over a Redis or Valkey server: `new SharedCache({ tier: redisTier({ url, prefix }) })`. Needs the package
 * `@redis/client`.
 *
 * @throws ConfigError for options that no tier can have, all of them at once
 */
export function redisTier(options: RedisTierOptions): MakeSharedTier {
  const settings = redisSettings(options);
  return (parts) => new RedisTier(settings, parts);
}
