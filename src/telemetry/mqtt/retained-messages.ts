/** One retained topic as it should stand at the broker; `body` null: cleared. */
export interface RetainedMessage {
  readonly topic: string;
  readonly body: string | null;
  /** Of a form that others prescribe: it gets no number. */
  readonly isForeign: boolean;
  readonly version: number;
}

/** Topics that a device may retain something at; more are refused. */
export const MAX_RETAINED = 256;

/**
 * The latest state of every alert and report: what is not yet told, and what must be told again to a new connection (its
 * broker may have lost what it retained). Only the latest state counts, so there is nothing to queue.
 */
export class RetainedMessages {
  readonly #messages = new Map<string, RetainedMessage & { told: boolean }>();
  #version = 0;

  /** @returns false where there are MAX_RETAINED others already */
  set(topic: string, body: string | null, isForeign = false): boolean {
    if (!this.#messages.has(topic) && this.#messages.size >= MAX_RETAINED) return false;
    this.#messages.set(topic, { topic, body, isForeign, version: this.#version++, told: false });
    return true;
  }

  /** The broker has just got this, by another way: it is told again to a new connection. */
  remember(topic: string, body: string): void {
    if (this.set(topic, body)) this.#messages.get(topic)!.told = true;
  }

  /** The next one to send; it counts as told until `reborn()`. */
  next(): RetainedMessage | null {
    for (const message of this.#messages.values()) {
      if (message.told) continue;
      message.told = true;
      return message;
    }
    return null;
  }

  /** What a new connection brings again: what was told already. */
  *told(): Iterable<RetainedMessage> {
    for (const message of this.#messages.values()) if (message.told) yield message;
  }

  /** The broker has it: a cleared one need not be remembered. */
  acknowledged(message: RetainedMessage): void {
    const { topic, body, version } = message;
    if (body === null && this.#messages.get(topic)?.version === version) this.#messages.delete(topic);
  }

  /** What stands at these topics and was told is to be told once more. @returns that */
  again(isAt: (topic: string) => boolean): RetainedMessage[] {
    const found = [...this.#messages.values()].filter(({ topic, body, told }) => told && body !== null && isAt(topic));
    for (const message of found) message.told = false;
    return found;
  }

  /** A new connection: everything is to be told again. */
  reborn(): void {
    for (const message of this.#messages.values()) message.told = false;
  }
}
