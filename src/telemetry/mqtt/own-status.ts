/** A birth, last will or farewell that was heard at the device's own topic. */
export interface HeardStatus {
  readonly bdSeq: number;
  readonly online: boolean;
  /** The run of the program that it tells of; absent where the message does not say. */
  readonly boot?: string;
  /** It was there before this connection. */
  readonly retained: boolean;
}

/** Reads a message at the device's own topic; null: it is no status, or was cleared. */
export function heardStatus(payload: Uint8Array, retained: boolean): HeardStatus | null {
  try {
    const { bdSeq, online, boot } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    if (typeof bdSeq !== 'number' || typeof online !== 'boolean') return null;
    return { bdSeq, online, ...(typeof boot === 'string' && { boot }), retained };
  } catch {
    return null;
  }
}

/** A birth that was written over is told again so often at most, in ms. */
const RESTORE_MS = 60_000;
/** Numbers of others that were answered: more of them are no news. */
const MAX_ANSWERED = 100;

/**
 * Keeps the device's retained status true: a last will of an earlier connection that the broker publishes late, a message of
 * somebody else or one that clears it would say for ever what does not hold.
 */
export class OwnStatus {
  #restoredAt = Number.NEGATIVE_INFINITY;
  readonly #answered = new Set<number>();

  /**
   * Something that is not the birth of this connection came while it went on.
   *
   * @param heard null where it was no status at all
   * @param at ms that only go forward
   * @returns whether the birth is to be told again
   */
  overwritten(heard: HeardStatus | null, at: number): boolean {
    // two devices that answer each other must not do it for ever
    if (heard?.online) return this.#isFirstOf(heard.bdSeq);
    if (at - this.#restoredAt < RESTORE_MS) return false;
    this.#restoredAt = at;
    return true;
  }

  #isFirstOf(bdSeq: number): boolean {
    if (this.#answered.has(bdSeq) || this.#answered.size >= MAX_ANSWERED) return false;
    this.#answered.add(bdSeq);
    return true;
  }
}
