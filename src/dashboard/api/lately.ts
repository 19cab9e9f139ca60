import type { Viewer } from '../../foundation/viewer.js';

/** Has the reply to a question of a viewer made once, however many ask it at that time. */
export type Once = <Reply>(key: string, viewer: Viewer, work: () => Promise<Reply>) => Promise<Reply>;

interface Kept {
  /** ms that only go forward. */
  readonly at: number;
  readonly reply: Promise<unknown>;
}

const MOST = 32;

/** Replies to questions that several ask at once, or one again and again: for a moment each is made once. */
export class Lately {
  readonly #keepMs: number;
  readonly #kept = new Map<string, Kept>();

  /** @param keepMs for how long a reply is as good as a new one */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /**
   * @param key all that the reply depends on, also who asks
   * @param now ms on a clock that only goes forward
   */
  ask<Reply>(key: string, now: number, work: () => Promise<Reply>): Promise<Reply> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && now - kept.at < this.#keepMs) return kept.reply as Promise<Reply>;
    const reply = work();
    this.#kept.delete(key);
    this.#kept.set(key, { at: now, reply });
    // what failed is tried again
    reply.catch(() => this.#kept.get(key)?.reply === reply && this.#kept.delete(key));
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value!);
    return reply;
  }
}
