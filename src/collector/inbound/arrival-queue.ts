import type { ArrivedMessage } from './inspection.js';

/** Called once a message is kept: only now its sender may be told that it arrived. */
export type WhenKept = () => void;

export interface WaitingMessage {
  readonly message: ArrivedMessage;
  readonly kept: WhenKept;
}

/** That wait: whoever brings more is asked to wait. */
const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 64 * 2 ** 20;

/** The waiting line of what arrived and is not kept yet. */
export class ArrivalQueue {
  #waiting: WaitingMessage[] = [];
  #bytes = 0;
  readonly #onRoom: (() => void)[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  /** Whether no more should be brought for now: `whenRoom` says when. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING || this.#bytes >= MOST_WAITING_BYTES;
  }

  /** When the one that waits longest arrived, as it was stamped, Unix ms; null: none waits. */
  get oldest(): number | null {
    return this.#waiting[0]?.message.receivedAt ?? null;
  }

  /** Calls back once there is room; at once where there is. */
  whenRoom(then: () => void): void {
    if (this.isFull) this.#onRoom.push(then);
    else then();
  }

  push(message: ArrivedMessage, kept: WhenKept): void {
    this.#waiting.push({ message, kept });
    this.#bytes += message.payload.length;
  }

  /** The first so many; they go on waiting. */
  first(most: number): readonly WaitingMessage[] {
    return this.slice(0, most);
  }

  /** So many behind the first `from`; they go on waiting. */
  slice(from: number, most: number): readonly WaitingMessage[] {
    return this.#waiting.slice(from, from + most);
  }

  /** The first ones, as `first` gave them, are kept: whoever brought them is told, and whoever waits for room. */
  done(batch: readonly WaitingMessage[]): void {
    this.#waiting = this.#waiting.slice(batch.length);
    for (const { message, kept } of batch) {
      this.#bytes -= message.payload.length;
      kept();
    }
    this.#tellOfRoom();
  }

  /** Nobody is told of those that wait; whoever waits for room has it. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#tellOfRoom();
  }

  #tellOfRoom(): void {
    while (!this.isFull && this.#onRoom.length > 0) this.#onRoom.shift()!();
  }
}
