import type { HandedMessage } from '../../telemetry/mqtt/lasting-session.js';
import type { ArrivedMessage } from '../inbound/inspection.js';
import type { SessionMark } from './session-mark.js';

/** ms after which nothing is taken for waiting any more where the broker does not hand on what a session tells itself. */
const MOST_MS = 1_800_000;

/**
 * Tells what waited at the broker, while nobody collected or nothing could be written, from what comes as it is sent: how long the one was on its
 * way says nothing of the clock of its device.
 */
export class WaitedMessages {
  readonly #mark: SessionMark;
  readonly #take: (message: Omit<ArrivedMessage, 'receivedAt'>, kept: () => void) => void;
  /** By the clock of the process, ms; null: nothing waits. Until the broker says whether it had this session, what comes is what it kept. */
  #since: number | null = performance.now();
  #isListening = false;

  constructor(mark: SessionMark, take: (message: Omit<ArrivedMessage, 'receivedAt'>, kept: () => void) => void) {
    this.#mark = mark;
    this.#take = take;
  }

  /** @param resumed whether the broker had this session, and may have kept messages for it */
  begin(resumed: boolean): void {
    this.#since = null;
    if (resumed) this.expect();
  }

  /** What comes from now on may have waited. */
  expect(): void {
    this.#since = performance.now();
    if (this.#isListening) this.#ask();
    else
      this.#mark.listen((problem) => {
        this.#isListening = problem === null;
        if (this.#isListening) this.#ask();
        else this.#since = null;
      });
  }

  /** A message of the session. */
  hear(message: HandedMessage, kept: () => void): void {
    if (this.#mark.hear(message)) {
      kept();
      return;
    }
    if (this.#since !== null && performance.now() - this.#since > MOST_MS) this.#since = null;
    this.#take({ ...message, waited: this.#since !== null }, kept);
  }

  #ask(): void {
    const over = (): void => {
      this.#since = null;
    };
    this.#mark.ask(over, (delivery) => {
      if (delivery !== null) over();
    });
  }
}
