import { randomBytes, randomUUID } from 'node:crypto';
import type { Entry } from '../entry.js';
import { type EvictionReason, TierCounters } from '../stats.js';
import type { TagTime } from '../tags.js';
import { connectRedis, type RedisConnection, redisClientInstalled } from './redis-client.js';
import { packEntry, packTag, unpackEntry } from './redis-entry.js';
import { RedisLink, within } from './redis-link.js';
import { parseNews } from './redis-news.js';
import { type RedisSettings, type RedisTierOptions, redisSettings } from './redis-options.js';
import * as scripts from './redis-scripts.js';
import type {
  Claim,
  Fulfilment,
  Lease,
  MakeSharedTier,
  SharedTier,
  SharedTierParts,
  SharedTierStats,
} from './shared-tier.js';
import { UnsaidChanges } from './unsaid-changes.js';

/** What is known of the server's changes. */
interface Heard {
  epoch: string;
  number: number;
}

/** A claim that got the lease: what its value will be kept with. */
interface Held {
  readonly key: string;
  readonly token: string;
  readonly epoch: string;
  readonly number: string;
}

type Found = [state: Buffer, raw: Buffer, left: number];
type Claimed = [...Found, mine: number, held: number, epoch: Buffer, number: Buffer];

const TIME_EVERY = 4;
/** Invalidated tags that the server remembers one by one. */
const MAX_TAGS = 10_000;
const SWEEP_AT_ONCE = 200;
const SAY_AT_ONCE = 100;
/** Parts of a lease after which it is renewed. */
const RENEW_AT = 3;
const WAKE_AFTER_LEASE_MS = 5;

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
  /** Tells this cache's changes from others'. */
  readonly #origin = randomBytes(8).toString('hex');
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #leases = new Set<Lease>();
  #heard: Heard | null = null;
  #saying: Promise<void> | null = null;
  readonly #news = { received: 0, refused: 0, missed: 0 };

  constructor(settings: RedisSettings, parts: SharedTierParts) {
    this.#settings = settings;
    this.#parts = parts;
    const { listener, log, random } = parts;
    this.#link = new RedisLink({
      connect: (lost) => this.#connect(lost),
      settle: (connection) => this.#settle(connection),
      beat: (connection) => (this.#unsaid.isEmpty ? connection.command('PING') : this.#sayAll(connection)),
      onLost: () => this.#wakeAll(),
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
    await Promise.all([...this.#leases].map((lease) => lease.release()));
    this.#link.stop();
    this.#wakeAll();
  }

  async read(key: string): Promise<Entry | undefined> {
    const begun = this.counters.sample() ? performance.now() : 0;
    const stamp = this.#parts.tags.stamp();
    const found = await this.#link.read((c) => c.run(scripts.READ, this.#keys(key).slice(0, 3), []) as Promise<Found>);
    if (begun > 0) this.counters.timed(performance.now() - begun);
    return found === null ? undefined : this.#entryOf(key, found, stamp);
  }

  async has(key: string): Promise<boolean> {
    const entry = await this.read(key);
    return entry !== undefined && this.#parts.now() < entry.expiresAt;
  }

  async claim(key: string): Promise<Claim> {
    const begun = this.counters.sample() ? performance.now() : 0;
    const stamp = this.#parts.tags.stamp();
    const token = randomUUID();
    const args = [token, String(this.#settings.lease), freshEpoch()];
    const claimed = await this.#link.write((c) => c.run(scripts.CLAIM, this.#keys(key), args) as Promise<Claimed>);
    if (begun > 0) this.counters.timed(performance.now() - begun);
    if (claimed === null) {
      // a server that takes no writes may still have it
      const entry = this.#link.health.state === 'degraded' ? await this.read(key) : undefined;
      return { entry, lease: null, heldForMs: null };
    }
    const [state, raw, left, mine, held, epoch, number] = claimed;
    const entry = this.#entryOf(key, [state, raw, left], stamp, mine === 1);
    const lease = mine === 1 ? this.#lease({ key, token, epoch: String(epoch), number: String(number) }) : null;
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
    const args = [this.#channel, freshEpoch(), this.#origin, key, String(packed.keepMs), packed.head, packed.body];
    if ((await this.#link.write((c) => c.run(scripts.WRITE, this.#keys(key), args))) !== null) {
      this.#unsaid.drop(key);
      return;
    }
    this.#link.drop();
    await this.delete(key);
  }

  async delete(key: string): Promise<boolean> {
    // not as a write: a server without memory takes it too
    const removed = await this.#link.read((connection) => this.#remove(connection, key));
    if (removed === null) this.#unsaid.addKeys([key]);
    else this.#unsaid.drop(key);
    return removed === 1;
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
    return new Promise((resolve) => {
      const woken = () => {
        clearTimeout(timer);
        waiting.delete(woken);
        if (waiting.size === 0) this.#waiting.delete(key);
        resolve();
      };
      const timer = setTimeout(woken, ms + WAKE_AFTER_LEASE_MS);
      const waiting = this.#waiting.get(key) ?? new Set();
      waiting.add(woken);
      this.#waiting.set(key, waiting);
    });
  }

  stats(): SharedTierStats {
    return { ...this.counters.lookups(), ...this.#link.health, news: { ...this.#news } };
  }

  get #channel(): string {
    return `${this.#settings.root}:news`;
  }

  /** Meta, tags, entry and lease. */
  #keys(key: string): [string, string, string, string] {
    const { root } = this.#settings;
    return [`${root}:meta`, `${root}:tags`, `${root}:e:${key}`, `${root}:l:${key}`];
  }

  async #connect(lost: (error: unknown) => void): Promise<RedisConnection> {
    const { address, password, connectTimeout } = this.#settings;
    return connectRedis(address, password(), this.#channel, connectTimeout, {
      news: (message) => this.#hear(message),
      lost,
    });
  }

  /** What others changed is caught up with, what this program changed meanwhile is said, and that writes are taken is found out. */
  async #settle(connection: RedisConnection): Promise<void> {
    const { operationTimeout } = this.#settings;
    const known = this.#heard;
    const args = [this.#channel, freshEpoch(), known?.epoch ?? '', String(known?.number ?? 0), this.#origin];
    const opened = connection.run(scripts.CATCH_UP, this.#keys('').slice(0, 2), args) as Promise<[Buffer, Buffer]>;
    const [epoch, number] = await within(operationTimeout, opened);
    this.#catchUp(String(epoch), Number(number));
    await this.#sayAll(connection);
    await within(
      operationTimeout,
      connection.run(scripts.PROBE, this.#keys('').slice(0, 1), [String(this.#parts.now())]),
    );
  }

  #catchUp(epoch: string, number: number): void {
    const known = this.#heard;
    this.#heard = { epoch, number };
    if (known !== null && (known.epoch !== epoch || known.number < number)) this.#missed();
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
    const shared = this.#keys('').slice(0, 2);
    const start = [this.#channel, freshEpoch(), this.#origin];
    const said: Promise<unknown>[] = [];
    if (everything) said.push(connection.run(scripts.CLEAR, shared, start));
    if (tags.length > 0) {
      said.push(connection.run(scripts.INVALIDATE, shared, [...start, String(MAX_TAGS), ...tags.map(packTag)]));
    }
    for (const key of keys) said.push(this.#remove(connection, key));
    await Promise.all(said);
  }

  #remove(connection: RedisConnection, key: string): Promise<number> {
    const args = [this.#channel, freshEpoch(), this.#origin, key];
    return connection.run(scripts.REMOVE, this.#keys(key), args) as Promise<number>;
  }

  /** What the server gave, checked; undefined where it is not to be served. */
  #entryOf(key: string, [state, raw, left]: Found, stamp: number, isLeased = false): Entry | undefined {
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

  #lease(held: Held): Lease {
    const { key, token } = held;
    const every = Math.max(1, Math.floor(this.#settings.lease / RENEW_AT));
    const renewing = setInterval(() => void this.#renew(held).then((isOurs) => isOurs || ended()), every).unref();
    const lease: Lease = {
      fulfil: async (entry) => {
        ended();
        return this.#fulfil(held, entry);
      },
      release: async () => {
        ended();
        const [meta, tags, , leaseKey] = this.#keys(key);
        const args = [this.#channel, token, this.#origin, key];
        await this.#link.read((c) => c.run(scripts.RELEASE, [meta, tags, leaseKey], args));
      },
    };
    const ended = () => {
      clearInterval(renewing);
      this.#leases.delete(lease);
    };
    this.#leases.add(lease);
    return lease;
  }

  /** false where the lease is known to be lost. */
  async #renew({ key, token }: Held): Promise<boolean> {
    const args = [token, String(this.#settings.lease)];
    return (await this.#link.write((c) => c.run(scripts.RENEW, [this.#keys(key)[3]], args))) !== 0;
  }

  async #fulfil({ key, token, epoch, number }: Held, entry: Entry): Promise<Fulfilment> {
    const packed = this.#pack(key, entry);
    if (packed === null) {
      await this.delete(key);
      return 'kept';
    }
    const { keepMs, head, body } = packed;
    const args = [this.#channel, token, this.#origin, key, String(keepMs), head, body, epoch, number];
    const kept = await this.#link.write((c) => c.run(scripts.FULFIL, this.#keys(key), args));
    if (kept !== null) return kept === 1 ? 'kept' : 'lost';
    this.#link.drop();
    return 'unreachable';
  }

  #hear(message: string): void {
    const news = parseNews(message);
    if (news === null) {
      this.#news.refused++;
      return;
    }
    const heard = this.#heard;
    // before the first settling memory has nothing of the server's
    if (heard !== null) this.#follow(heard, news);
    if (news.kind === 'key' || news.kind === 'released') this.#wake(news.key);
    if (news.origin === this.#origin) return;
    this.#news.received++;
    const { listener } = this.#parts;
    if (news.kind === 'key') listener.changed(news.key);
    else if (news.kind === 'tags') listener.invalidated(news.tags);
    else if (news.kind === 'cleared') listener.cleared();
  }

  /** A number that was left out is a change that was not heard. */
  #follow(heard: Heard, { epoch, number, kind }: { epoch: string; number: number; kind: string }): void {
    const isGap = epoch === heard.epoch ? number > heard.number + 1 : kind !== 'cleared';
    heard.number = epoch === heard.epoch ? Math.max(heard.number, number) : number;
    heard.epoch = epoch;
    if (isGap) this.#missed();
  }

  #wake(key: string): void {
    for (const woken of [...(this.#waiting.get(key) ?? [])]) woken();
  }

  #wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.#wake(key);
  }

  #evicted(key: string, reason: EvictionReason): void {
    this.counters.evictions[reason]++;
    this.#parts.onEvict(key, reason);
  }

  /** Removes what was cleared, of this prefix alone. */
  async #sweep(): Promise<void> {
    const { root } = this.#settings;
    const meta = this.#keys('')[0];
    let cursor = '0';
    do {
      const page = (await this.#link.write((c) =>
        c.command('SCAN', cursor, 'MATCH', `${root}:e:*`, 'COUNT', String(SWEEP_AT_ONCE)),
      )) as [Buffer, Buffer[]] | null;
      if (page === null) return;
      cursor = String(page[0]);
      const keys = page[1].map(String);
      if (keys.length > 0) await this.#link.write((c) => c.run(scripts.SWEEP, [meta, ...keys], []));
    } while (cursor !== '0');
  }
}

/** A name for all that will be kept, which nothing before had. */
function freshEpoch(): string {
  return randomUUID().slice(0, 13).replace('-', '');
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
