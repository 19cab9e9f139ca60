import { type Backoff, backoffDelay } from '../../foundation/backoff.js';
import { explain } from '../../foundation/errors.js';
import { type Log, maskCredentials } from '../../foundation/log.js';
import type { TierHealth } from '../second-tier.js';
import type { RedisConnection } from './redis-client.js';

/** What a link is made of. */
export interface RedisLinkOptions {
  /** Connects; `lost` is to be called when the connection ends by itself. */
  readonly connect: (lost: (error: unknown) => void) => Promise<RedisConnection>;
  /** Brings the server what it does not know yet, and finds out whether it takes writes; after each connection and refusal. */
  readonly settle: (connection: RedisConnection) => Promise<void>;
  /** Asks for a sign of life, now and then. */
  readonly beat: (connection: RedisConnection) => Promise<unknown>;
  /** Nobody hears any longer what others change. */
  readonly onLost: () => void;
  /** ms that one operation may take. */
  readonly operationTimeout: number;
  readonly listener: { degraded(reason: string): void; recovered(): void };
  readonly log: Log;
  readonly random: () => number;
}

/** Pauses between the tries to reach the server. */
const PAUSES: Backoff = { initialMs: 250, maxMs: 30_000 };
/** An idle connection that ended without a word is found out after this long. */
const HEARTBEAT_MS = 5000;
/** Operations under way: beyond, what is asked is not there and what is written is forgotten. */
const MAX_UNDER_WAY = 10_000;
/** What the server says of itself that refuses writes and goes on reading: no memory, a disk that its copies do not reach. */
const REFUSES_WRITES = /^(?:OOM|MISCONF|NOREPLICAS)\b/;

/**
 * A connection that may fail. `read` and `write` never reject and take at most `operationTimeout`: a server that is away, hangs or
 * refuses is counted, told once and tried again after a pause that grows from 250 ms to 30 s. A connection on which
 * something took too long is ended, as nobody knows what becomes of it.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  #connection: RedisConnection | null = null;
  #isStarted = false;
  /** The first try: who comes before its end waits for it. */
  #firstTry: Promise<void> | null = null;
  /** To be connected again, or asked again whether writes are taken. */
  #retry: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #refusesWrites = false;
  #attempts = 0;
  #reason: string | null = null;
  #errors = 0;
  #underWay = 0;
  #droppedWrites = 0;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
  }

  /** Resolves after the first try to connect, whatever comes of it. */
  async start(): Promise<void> {
    if (this.#isStarted) return this.#firstTry ?? undefined;
    this.#isStarted = true;
    this.#heartbeat = setInterval(() => void this.read(this.#options.beat), HEARTBEAT_MS).unref();
    this.#firstTry = this.#connect();
    await this.#firstTry;
    this.#firstTry = null;
  }

  stop(): void {
    this.#isStarted = false;
    clearInterval(this.#heartbeat ?? undefined);
    clearTimeout(this.#retry ?? undefined);
    this.#heartbeat = this.#retry = null;
    this.#close();
    this.#reason = null;
    this.#refusesWrites = false;
  }

  get health(): TierHealth {
    return {
      state: this.#reason !== null ? 'degraded' : this.#connection !== null ? 'open' : 'closed',
      reason: this.#reason,
      errors: this.#errors,
      droppedWrites: this.#droppedWrites,
    };
  }

  /** Counts what the server will never get. */
  drop(count = 1): void {
    this.#droppedWrites += count;
  }

  /** What `work` resolves with; null where the server was not reached. */
  async read<T>(work: (connection: RedisConnection) => Promise<T>): Promise<T | null> {
    return this.#attempt(work);
  }

  /** As `read`; null also while the server takes no writes. */
  async write<T>(work: (connection: RedisConnection) => Promise<T>): Promise<T | null> {
    return this.#refusesWrites ? null : this.#attempt(work);
  }

  async #attempt<T>(work: (connection: RedisConnection) => Promise<T>): Promise<T | null> {
    if (this.#firstTry !== null) await within(this.#options.operationTimeout, this.#firstTry).catch(() => undefined);
    const connection = this.#connection;
    if (connection === null || this.#underWay >= MAX_UNDER_WAY) return null;
    this.#underWay++;
    try {
      return await within(this.#options.operationTimeout, work(connection));
    } catch (error) {
      this.#failed(connection, error);
      return null;
    } finally {
      this.#underWay--;
    }
  }

  #failed(connection: RedisConnection, error: unknown): void {
    // of a connection that was left already, one failure is enough
    if (connection !== this.#connection) return;
    if (!REFUSES_WRITES.test(explain(error))) {
      this.#lost(connection, error);
      return;
    }
    this.#refusesWrites = true;
    this.#degrade(error);
    this.#retryLater(() => this.#settle(connection));
  }

  #lost(connection: RedisConnection | null, error: unknown): void {
    if (connection !== this.#connection || !this.#isStarted) return;
    this.#close();
    this.#degrade(error);
    this.#retryLater(() => this.#connect());
  }

  #retryLater(again: () => Promise<void>): void {
    clearTimeout(this.#retry ?? undefined);
    const pause = backoffDelay(this.#attempts++, PAUSES, this.#options.random());
    this.#retry = setTimeout(() => void again(), pause).unref();
  }

  async #connect(): Promise<void> {
    let made: RedisConnection | null = null;
    try {
      made = await this.#options.connect((error) => this.#lost(made, error));
      if (!this.#isStarted) {
        made.close();
        return;
      }
    } catch (error) {
      this.#lost(null, error);
      return;
    }
    await this.#settle(made);
  }

  /** Only what is settled is used: what was deleted while the server was away must not come back first. */
  async #settle(connection: RedisConnection): Promise<void> {
    const isNew = this.#connection !== connection;
    try {
      await this.#options.settle(connection);
    } catch (error) {
      if (!this.#isStarted) return connection.close();
      if (isNew && REFUSES_WRITES.test(explain(error))) this.#connection = connection;
      else if (isNew) {
        connection.close();
        this.#lost(this.#connection, error);
        return;
      }
      this.#failed(connection, error);
      return;
    }
    if (!this.#isStarted) return connection.close();
    this.#connection = connection;
    this.#refusesWrites = false;
    this.#recover();
  }

  #close(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#refusesWrites = false;
    if (connection === null) return;
    connection.close();
    this.#options.onLost();
  }

  #degrade(error: unknown): void {
    this.#errors++;
    if (this.#reason !== null) return;
    this.#reason = maskCredentials(explain(error));
    this.#options.log.warn(
      { reason: this.#reason },
      'the shared tier of the cache is out of order: memory goes on, it is tried again',
    );
    this.#options.listener.degraded(this.#reason);
  }

  #recover(): void {
    this.#attempts = 0;
    if (this.#reason === null) return;
    this.#reason = null;
    this.#options.log.info({}, 'the shared tier of the cache works again');
    this.#options.listener.recovered();
  }
}

/** Rejects after `ms`; an answer that lies in the socket while this program was busy is still read first. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer within ${ms} ms`))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
