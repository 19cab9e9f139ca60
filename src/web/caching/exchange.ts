import { isFailure, type ResponseHead } from '../web-request.js';
import type { BodyCapture } from './body-capture.js';
import type { RoutePolicy } from './route-policy.js';
import type { StoredReply } from './stored-reply.js';

/** What became of an exchange, for those that wait for its response. */
export type ExchangeEnd = 'stored' | 'refused' | 'failed' | 'abandoned';

/** What an exchange needs of the cache that gave it out. */
export interface ExchangeParts {
  /** Begins to keep a response; null where it is not to be kept. @param done hears whether it was kept */
  readonly keep: (
    head: ResponseHead,
    policy: RoutePolicy | null,
    done: (end: ExchangeEnd) => void,
  ) => BodyCapture | null;
  /** What may be served where the handler fails; null: nothing. */
  readonly rescue: () => StoredReply | null;
  /** Called once. */
  readonly ended: (end: ExchangeEnd) => void;
}

/** One run of a handler whose response may be kept. Whoever runs it tells what comes of it; only the first end counts. */
export class Exchange {
  /** What the route says of its responses; whoever runs the handler may learn it only then. */
  policy: RoutePolicy | null;
  readonly #parts: ExchangeParts;
  #capture: BodyCapture | null = null;
  #isOver = false;

  constructor(policy: RoutePolicy | null, parts: ExchangeParts) {
    this.policy = policy;
    this.#parts = parts;
  }

  /** Whether nothing that is told any more changes anything. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * The handler has answered.
   *
   * @returns where its body is to be written to as well; null where it is not kept
   */
  respond(head: ResponseHead): BodyCapture | null {
    if (this.#isOver) return null;
    if (isFailure(head.status)) {
      this.#end('failed');
      return null;
    }
    this.#capture = this.#parts.keep(head, this.policy, (end) => this.#end(end));
    if (this.#capture === null) this.#end('refused');
    return this.#capture;
  }

  /** The old response that may be served in the place of a failure; null: there is none. */
  rescue(): StoredReply | null {
    return this.#parts.rescue();
  }

  /** The client went, or the handler answered in a way that nobody saw. Does nothing after the end. */
  abandon(): void {
    if (this.#isOver) return;
    this.#end('abandoned');
    this.#capture?.abort();
  }

  /** What was to be kept is not for everybody, as its head says that was sent in the end. Does nothing after the end. */
  refuse(): void {
    if (this.#isOver) return;
    this.#end('refused');
    this.#capture?.abort();
  }

  #end(end: ExchangeEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.ended(end);
  }
}
