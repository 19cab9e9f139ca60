import { randomBytes } from 'node:crypto';
import { ApiRefusal } from '../../http/api-route.js';
import type { TaskAnswer } from './task-steps.js';

/** A signed command to one device, whose answer is for whoever asks and is kept nowhere. */
export interface DeviceQuestion {
  readonly site: string;
  readonly device: string;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the ids of questions begin with. */
export const QUESTION_ID = 'ask-';
/** ms that somebody waits for an answer before hearing that there is none yet. */
const WAIT_MS = 20_000;
/** ms for which a device obeys, and for which an answer that comes late is held for who asked. */
const OPEN_MS = 120_000;
/** At a time; each may hold an answer of half a megabyte. */
const MOST_OPEN = 24;
const MOST_OF_DEVICE = 4;

interface OpenQuestion {
  readonly device: string;
  readonly id: string;
  readonly command: string;
  /** Unix ms after which it is over. */
  readonly until: number;
  readonly sent: Promise<void>;
  answer: TaskAnswer | null;
  waiting: (() => void) | null;
}

/** Questions that were sent and not answered yet. Who asks the same again waits for the same answer, which is theirs alone and told once. */
export class DeviceQuestions {
  readonly #now: () => number;
  readonly #waitMs: number;
  /** By whose they are and what they ask. */
  readonly #open = new Map<string, OpenQuestion>();

  /** @param now Unix ms */
  constructor(now: () => number, waitMs: number = WAIT_MS) {
    this.#now = now;
    this.#waitMs = waitMs;
  }

  /**
   * Waits for an answer.
   *
   * @param send sends it under an id, to be obeyed until then (Unix ms)
   * @returns null: none came in time, and one that comes later is there for who asks the same again
   * @throws ApiRefusal 429 where too many are open; as `send` does
   */
  async ask(
    question: DeviceQuestion,
    by: string,
    send: (id: string, until: number) => Promise<void>,
  ): Promise<TaskAnswer | null> {
    const key = JSON.stringify([by, question.site, question.device, question.command, question.body]);
    this.#forget();
    const open = this.#open.get(key) ?? this.#begin(key, question, send);
    try {
      await open.sent;
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
    if (open.answer === null) await this.#wait(open);
    if (open.answer !== null) this.#open.delete(key);
    return open.answer;
  }

  /** A device answered something. */
  hear(device: string, id: string, command: unknown, answer: TaskAnswer): void {
    for (const open of this.#open.values()) {
      if (open.id !== id || open.device !== device || open.command !== command) continue;
      open.answer ??= answer;
      open.waiting?.();
    }
  }

  #begin(key: string, { site, device, command }: DeviceQuestion, send: (id: string, until: number) => Promise<void>) {
    const name = `${site}/${device}`;
    const all = [...this.#open.values()];
    if (all.length >= MOST_OPEN || all.filter((one) => one.device === name).length >= MOST_OF_DEVICE)
      throw new ApiRefusal(429, 'too many questions wait for their answers: ask again in two minutes');
    const id = `${QUESTION_ID}${randomBytes(12).toString('hex')}`;
    const until = this.#now() + OPEN_MS;
    // what asks the same meanwhile waits for it too
    const sent = Promise.resolve().then(() => send(id, until));
    const open: OpenQuestion = { device: name, id, command, until, sent, answer: null, waiting: null };
    this.#open.set(key, open);
    return open;
  }

  async #wait(open: OpenQuestion): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const before = open.waiting;
      open.waiting = () => {
        before?.();
        resolve();
      };
      timer = setTimeout(resolve, this.#waitMs);
    });
    clearTimeout(timer);
  }

  #forget(): void {
    for (const [key, { until }] of this.#open) if (this.#now() >= until) this.#open.delete(key);
  }
}
