import type { OutboxTable, StoredMessage } from '../../store/outbox-table.js';
import { DROP_RANK, DURABLE_KINDS, type DurableKind } from './outbox.js';

/** How much is kept on disk, and for how long. */
export interface TrimLimits {
  /** Bytes that the file may take with its log. */
  readonly maxBytes: number;
  /** ms of the time that the program runs: a clock that was wrong throws nothing away. */
  readonly maxAgeMs: number;
}

/** A message that was deleted for want of room or for its age. */
export interface Trimmed {
  readonly message: StoredMessage & { readonly kind: DurableKind };
  readonly cause: 'queue-full' | 'too-old';
}

const BATCH = 64;
/** In one commit, and twice as many as it adds: so many rows are deleted in about 10 ms. */
const MAX_ROWS = 1024;
/** What the write-ahead log may take; beyond that this thread checkpoints, which it leaves to another one up to then. */
const LOG_BYTES = 8 * 2 ** 20;
const KINDS_BY_RANK = [0, 1, 2].map((rank) => DURABLE_KINDS.filter((kind) => DROP_RANK[kind] === rank));

/** Keeps an outbox to its limits: what is too old goes, and then the oldest of what is least wanted. */
export class OutboxTrim {
  /** What the write-ahead log may take. */
  readonly logBytes: number;
  readonly #maxPageBytes: number;
  readonly #maxAgeMs: number;
  /** Ids up to which no message of the rank is left, but for those that are on their way. */
  #cursors = [0, 0, 0];
  #pending = [0, 0, 0];

  constructor({ maxBytes, maxAgeMs }: TrimLimits) {
    // what comes in one commit, and the index of the log, are beside these
    this.logBytes = Math.min(LOG_BYTES, maxBytes / 4);
    this.#maxPageBytes = maxBytes - 1.5 * this.logBytes;
    this.#maxAgeMs = maxAgeMs;
  }

  /** What was on its way waits again. */
  reset(): void {
    this.#cursors = [0, 0, 0];
  }

  /** What `run` did holds. */
  committed(): void {
    this.#cursors = this.#pending;
  }

  /** Deletes what is beyond the limits. @param added messages of this commit; @param isTaken messages on their way stay */
  run(table: OutboxTable, runningMs: number, added: number, isTaken: (id: number) => boolean): readonly Trimmed[] {
    const most = MAX_ROWS + 2 * added;
    this.#pending = [...this.#cursors];
    const trimmed = this.#tooOld(table, runningMs - this.#maxAgeMs, isTaken);
    while (trimmed.length < most && table.usage().used > this.#maxPageBytes) {
      const rows = this.#leastWanted(table, isTaken);
      if (rows.length === 0) break;
      for (const message of rows) trimmed.push(removed(table, message, 'queue-full'));
    }
    return trimmed;
  }

  #tooOld(table: OutboxTable, before: number, isTaken: (id: number) => boolean): Trimmed[] {
    const trimmed: Trimmed[] = [];
    let after = 0;
    while (trimmed.length < MAX_ROWS) {
      if (after === 0 && (table.oldest()?.at ?? before) >= before) break;
      const rows = table.page(after, Number.MAX_SAFE_INTEGER, BATCH).filter(({ at }) => at < before);
      if (rows.length === 0) break;
      after = rows.at(-1)!.id;
      for (const message of rows) if (!isTaken(message.id)) trimmed.push(removed(table, message, 'too-old'));
    }
    return trimmed;
  }

  #leastWanted(table: OutboxTable, isTaken: (id: number) => boolean): StoredMessage[] {
    for (const [rank, kinds] of KINDS_BY_RANK.entries()) {
      for (;;) {
        const rows = table.ofKinds(kinds, this.#pending[rank]!, BATCH);
        if (rows.length === 0) break;
        this.#pending[rank] = rows.at(-1)!.id;
        const free = rows.filter(({ id }) => !isTaken(id));
        if (free.length > 0) return free;
      }
    }
    return [];
  }
}

function removed(table: OutboxTable, message: StoredMessage, cause: Trimmed['cause']): Trimmed {
  table.remove(message.id);
  return { message: { ...message, kind: message.kind as DurableKind }, cause };
}
