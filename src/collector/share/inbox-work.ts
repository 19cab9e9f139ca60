import type { PostgresRow } from '../../database/postgres/server/postgres-connection.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import type { Collector, CollectorState } from '../collector.js';
import type { PostgresFleetStore } from '../store/postgres/postgres-fleet-store.js';
import { withinBytes } from './within-bytes.js';

export interface InboxWorkOptions {
  readonly store: PostgresFleetStore;
  /** A collector that knows of no device yet: whatever another did meanwhile is in the store. */
  readonly open: () => Promise<Collector>;
  readonly log: Log;
}

interface Turn {
  readonly collector: Collector;
  /** Of the store: locks end with it. */
  readonly connection: number;
  readonly partitions: readonly number[];
}

interface InboxRow extends PostgresRow {
  readonly id: number;
  readonly arrived_at: number;
  readonly retained: boolean;
  readonly late: boolean;
  readonly topic: string;
  readonly payload: Buffer;
}

const MOST_AT_ONCE = 2000;
const IDLE_MS = 100;
const RETRY_MS = 1000;
const PARTITION_LOCK = "hashtext('edge-optimizer partition'), part";
/** Of the messages of one question, but for the last. */
const MOST_BYTES = 32 * 2 ** 20;
const COLUMNS = 'id, arrived_at, retained, late, topic, payload';
const ORDER = 'arrived_at, id';
const READ = withinBytes(
  `SELECT ${COLUMNS} FROM fleet.inbox WHERE partition = ANY ($1::smallint[]) AND arrived_at <= $2 ORDER BY ${ORDER} LIMIT ${MOST_AT_ONCE}`,
  { columns: COLUMNS, bytesOf: 'payload', order: ORDER, most: MOST_BYTES },
);

/**
 * Decides about what lies in the inbox, of the devices that are dealt to this collector, in the order in which it arrived anywhere.
 * Whose devices they are is held by locks on the connection that writes: no two decide about one device, and who has lost the
 * connection writes nothing more.
 */
export class InboxWork {
  readonly #options: InboxWorkOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #wanted: readonly number[] = [];
  #horizon = 0;
  #turn: Turn | null = null;
  #state: CollectorState | null = null;
  #problem: string | null = null;

  constructor(options: InboxWorkOptions) {
    this.#options = options;
  }

  /** Of the turn at present, or the last one; null before the first. */
  get state(): CollectorState | null {
    return this.#turn?.collector.state() ?? this.#state;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** Parts that are held. */
  get partitions(): number {
    return this.#turn?.partitions.length ?? 0;
  }

  /** Which parts should be this one's, and up to when all that arrived anywhere lies in the inbox; Unix ms by the server's clock. */
  plan(wanted: readonly number[], horizon: number): void {
    this.#wanted = wanted;
    this.#horizon = Math.max(this.#horizon, horizon);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const turn = await this.#myTurn();
        const count = turn === null ? 0 : await this.#work(turn);
        if (this.#problem !== null) this.#options.log.info({}, 'what arrives is worked on again');
        this.#problem = null;
        if (count === 0) await pause(IDLE_MS, signal);
      } catch (error) {
        if (this.#problem === null) this.#options.log.warn({ err: error }, 'what arrived cannot be worked on');
        this.#problem = explain(error);
        await this.#endTurn().catch(() => undefined);
        await pause(RETRY_MS, signal);
      }
    }
    await this.#endTurn().catch(() => undefined);
  }

  /** The parts that should be held and can be, with a collector that began with them. */
  async #myTurn(): Promise<Turn | null> {
    const { store } = this.#options;
    const held = this.#turn;
    const isSame =
      held !== null &&
      held.connection === store.connection &&
      held.partitions.length === this.#wanted.length &&
      held.partitions.every((part) => this.#wanted.includes(part));
    if (isSame) return held;
    const wanted = [...this.#wanted];
    // those that others still hold become free with their turn
    if (held !== null && held.connection === store.connection) {
      const isSubset = held.partitions.every((part) => wanted.includes(part));
      const free = isSubset
        ? await store.locked(
            PARTITION_LOCK,
            wanted.filter((part) => !held.partitions.includes(part)),
          )
        : [];
      if (isSubset && free.length === 0) return held;
      await this.#endTurn(free);
    } else await this.#endTurn();
    if (wanted.length === 0) return null;
    store.fence = null;
    const partitions = await store.locked(PARTITION_LOCK, wanted);
    if (partitions.length === 0) return null;
    const { connection } = store;
    store.fence = connection;
    // lost and made anew in between, without the locks
    if (connection === 0) return null;
    this.#turn = { collector: await this.#options.open(), connection, partitions };
    return this.#turn;
  }

  /** @param more locks besides those of the turn */
  async #endTurn(more: readonly number[] = []): Promise<void> {
    const { store } = this.#options;
    const turn = this.#turn;
    this.#turn = null;
    if (turn === null) return;
    await turn.collector.stop();
    this.#state = turn.collector.state();
    if (turn.connection === store.connection) await store.unlock(PARTITION_LOCK, [...turn.partitions, ...more]);
  }

  /** @returns how many messages there were */
  async #work({ collector, connection, partitions }: Turn): Promise<number> {
    const { store } = this.#options;
    const rows = await store.ask<InboxRow>(READ, [partitions, this.#horizon]);
    if (rows.length === 0) return 0;
    const kept: number[] = [];
    const done = new AbortController();
    for (const { id, arrived_at: receivedAt, retained, late, topic, payload } of rows)
      collector.take({ topic, payload, retained, late, receivedAt }, () => {
        if (kept.push(id) === rows.length) done.abort();
      });
    while (!done.signal.aborted) {
      if (store.connection !== connection)
        throw new EdgeError('E_OUTPUT', 'the connection to the database was lost', {
          cause: collector.state().problem,
        });
      if (this.#stopping.signal.aborted && collector.state().problem !== null) break;
      await pause(IDLE_MS, done.signal);
    }
    await store.ask('DELETE FROM fleet.inbox WHERE id = ANY ($1::bigint[])', [kept]);
    return rows.length;
  }
}
