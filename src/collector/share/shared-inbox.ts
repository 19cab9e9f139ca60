import { setImmediate as nextTurn } from 'node:timers/promises';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import type { MessageTaker } from '../broker/fleet-subscription.js';
import { ArrivalQueue, type WaitingMessage, type WhenKept } from '../inbound/arrival-queue.js';
import type { ArrivedMessage } from '../inbound/inspection.js';
import type { PostgresLink } from '../store/postgres/postgres-link.js';
import { partitionOf } from './partition-plan.js';

const MOST_AT_ONCE = 2000;
const RETRY_MS = [250, 1000, 5000, 15_000] as const;
/** ms until it is asked again whether anything may be written. */
const LOOK_AGAIN_MS = 50;
const WRITE = `INSERT INTO fleet.inbox (partition, arrived_at, retained, late, topic, payload)
  SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::boolean[], $4::boolean[], $5::text[], $6::bytea[])`;

/** Puts what arrives where all collectors find it; a broker is told of each message once it lies there. */
export class SharedInbox implements MessageTaker {
  readonly #link: PostgresLink;
  readonly #mayWrite: () => boolean;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  #waiting = new ArrivalQueue();
  #running: Promise<void> | null = null;
  #problem: string | null = null;

  /** @param mayWrite whether the others still wait for what this one has: what it writes too late they have overtaken */
  constructor(link: PostgresLink, mayWrite: () => boolean, log: Log) {
    this.#link = link;
    this.#mayWrite = mayWrite;
    this.#log = log;
  }

  get isFull(): boolean {
    return this.#waiting.isFull;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Why nothing can be written now; null: all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** When the oldest arrived that is not there yet, as it was stamped; null: all are there. */
  get oldest(): number | null {
    return this.#waiting.oldest;
  }

  whenRoom(then: () => void): void {
    this.#waiting.whenRoom(then);
  }

  take(message: ArrivedMessage, kept: WhenKept): void {
    if (this.#stopping.signal.aborted) return;
    this.#waiting.push(message, kept);
    this.#running ??= this.#run();
  }

  /** What waits is not written: it was not acknowledged, and the broker has it. */
  forget(): void {
    const forgotten = this.#waiting;
    this.#waiting = new ArrivalQueue();
    forgotten.clear();
  }

  /** Writes what waits, where that goes well at once, and takes nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    await nextTurn();
    while (this.#waiting.length > 0) {
      if (!this.#mayWrite()) {
        if (this.#stopping.signal.aborted) break;
        await pause(LOOK_AGAIN_MS, this.#stopping.signal);
        continue;
      }
      const waiting = this.#waiting;
      const batch = waiting.first(MOST_AT_ONCE);
      try {
        await this.#link.rows(WRITE, valuesOf(batch));
        if (failures > 0) this.#log.info({ messages: batch.length }, 'what arrives is written again');
        failures = 0;
        this.#problem = null;
        waiting.done(batch);
      } catch (error) {
        this.#problem = explain(error);
        if (failures === 0) this.#log.warn({ err: error, messages: batch.length }, 'what arrived cannot be written');
        if (this.#stopping.signal.aborted) break;
        await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!, this.#stopping.signal);
        failures++;
      }
      await nextTurn();
    }
    this.#running = null;
  }
}

function valuesOf(batch: readonly WaitingMessage[]): unknown[][] {
  const messages = batch.map(({ message }) => message);
  return [
    messages.map(({ topic }) => partitionOf(topic)),
    messages.map(({ receivedAt }) => receivedAt),
    messages.map(({ retained }) => retained),
    messages.map(({ late = false }) => late),
    messages.map(({ topic }) => topic.replaceAll('\0', '�')),
    messages.map(({ payload }) => Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)),
  ];
}
