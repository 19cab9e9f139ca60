import { randomBytes } from 'node:crypto';
import type { RedisConnection } from './redis-client.js';
import { type PackedEntry, packTag } from './redis-entry.js';
import * as scripts from './redis-scripts.js';

/** What an entry is found to be: `none`, `bad` (no entry of ours), `stale` or `good`; its bytes, and the ms that it has left. */
export type FoundEntry = [state: Buffer, raw: Buffer, leftMs: number];

/** As found, and who computes it: `mine` is 1 where the lease was given, `heldMs` is what another has of it. */
export type ClaimedEntry = [...FoundEntry, mine: number, heldMs: number, epoch: Buffer, number: Buffer];

/** A lease that was given, and with what its value will be kept. */
export interface HeldLease {
  readonly key: string;
  readonly token: string;
  readonly epoch: string;
  readonly number: string;
}

/** Invalidated tags that the server remembers one by one. */
const MAX_TAGS = 10_000;
const SWEEP_AT_ONCE = 200;

/** The scripts with their keys and arguments: what is kept under one root. All reject as the connection does. */
export class RedisCommands {
  readonly channel: string;
  /** Tells this cache's changes from others'. */
  readonly origin = randomBytes(8).toString('hex');
  readonly #root: string;
  readonly #meta: string;
  readonly #tags: string;

  /** @param root begins every key, without the colon behind it */
  constructor(root: string) {
    this.#root = root;
    this.channel = `${root}:news`;
    this.#meta = `${root}:meta`;
    this.#tags = `${root}:tags`;
  }

  /** @param known the epoch and number that were heard of before; null: nothing was */
  async catchUp(c: RedisConnection, known: { epoch: string; number: number } | null) {
    const args = [this.channel, freshEpoch(), known?.epoch ?? '', String(known?.number ?? 0), this.origin];
    const [epoch, number] = (await c.run(scripts.CATCH_UP, [this.#meta, this.#tags], args)) as [Buffer, Buffer];
    return { epoch: String(epoch), number: Number(number) };
  }

  /** Rejects where the server takes no writes. */
  probe(c: RedisConnection): Promise<unknown> {
    return c.run(scripts.PROBE, [this.#meta], [freshEpoch()]);
  }

  read(c: RedisConnection, key: string): Promise<FoundEntry> {
    return c.run(scripts.READ, [this.#meta, this.#tags, this.#entry(key)], []) as Promise<FoundEntry>;
  }

  claim(c: RedisConnection, key: string, token: string, leaseMs: number): Promise<ClaimedEntry> {
    return c.run(scripts.CLAIM, this.#all(key), [token, String(leaseMs), freshEpoch()]) as Promise<ClaimedEntry>;
  }

  write(c: RedisConnection, key: string, { head, body, keepMs }: PackedEntry): Promise<unknown> {
    const args = [this.channel, freshEpoch(), this.origin, key, String(keepMs), head, body];
    return c.run(scripts.WRITE, this.#all(key), args);
  }

  /** Whether it was kept; false: the lease is lost. */
  async fulfil(c: RedisConnection, held: HeldLease, { head, body, keepMs }: PackedEntry): Promise<boolean> {
    const { key, token, epoch, number } = held;
    const args = [this.channel, token, this.origin, key, String(keepMs), head, body, epoch, number];
    return (await c.run(scripts.FULFIL, this.#all(key), args)) === 1;
  }

  release(c: RedisConnection, { key, token }: HeldLease): Promise<unknown> {
    const args = [this.channel, token, this.origin, key];
    return c.run(scripts.RELEASE, [this.#meta, this.#tags, this.#lease(key)], args);
  }

  /** Whether it was still held. */
  async renew(c: RedisConnection, { key, token }: HeldLease, leaseMs: number): Promise<boolean> {
    return (await c.run(scripts.RENEW, [this.#lease(key)], [token, String(leaseMs)])) === 1;
  }

  /** Whether a good entry was there. */
  async remove(c: RedisConnection, key: string): Promise<boolean> {
    return (await c.run(scripts.REMOVE, this.#all(key), [this.channel, freshEpoch(), this.origin, key])) === 1;
  }

  invalidate(c: RedisConnection, tags: readonly string[]): Promise<unknown> {
    const args = [this.channel, freshEpoch(), this.origin, String(MAX_TAGS), ...tags.map(packTag)];
    return c.run(scripts.INVALIDATE, [this.#meta, this.#tags], args);
  }

  clear(c: RedisConnection): Promise<unknown> {
    return c.run(scripts.CLEAR, [this.#meta, this.#tags], [this.channel, freshEpoch(), this.origin]);
  }

  /** Removes a few entries that were cleared. @returns where to go on, `0` at the end */
  async sweep(c: RedisConnection, cursor: string): Promise<string> {
    const page = await c.command('SCAN', cursor, 'MATCH', `${this.#root}:e:*`, 'COUNT', String(SWEEP_AT_ONCE));
    const [next, keys] = page as [Buffer, Buffer[]];
    if (keys.length > 0) await c.run(scripts.SWEEP, [this.#meta, ...keys.map(String)], []);
    return String(next);
  }

  #entry(key: string): string {
    return `${this.#root}:e:${key}`;
  }

  #lease(key: string): string {
    return `${this.#root}:l:${key}`;
  }

  #all(key: string): string[] {
    return [this.#meta, this.#tags, this.#entry(key), this.#lease(key)];
  }
}

/** A name for all that will be kept, which nothing before had. */
function freshEpoch(): string {
  return randomBytes(6).toString('hex');
}
