import type { BodyCapture } from './caching/body-capture.js';
import type { Exchange } from './caching/exchange.js';
import type { Answer } from './metrics.js';
import type { WebRequest } from './web-request.js';

/** A response that is ready to be sent. */
export interface ReadyReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Also where HEAD was asked: its length is told then, and it is not sent. */
  readonly body: Uint8Array;
}

/** What becomes of a request: either a reply, or the handler runs. */
export interface Visit {
  readonly request: WebRequest;
  /** ms on the clock of `performance.now()`. */
  readonly beganAt: number;
  /** Where the handler runs and its response may be kept. */
  readonly exchange: Exchange | null;
  /** The pattern of the route that made what is served; null where it is not known. */
  readonly route: string | null;
  /** What is sent in place of running the handler; null: it runs. */
  readonly reply: ReadyReply | null;
  /** To be run in the background, in place of nobody's request; null: nothing. */
  readonly renewal: Exchange | null;
  readonly answer: Answer;
  /** For `Cache-Status` (RFC 9211). */
  readonly status: string;
}

/** What is to be sent once a handler has answered. */
export interface Answered {
  /** An old response in place of the handler's failure; null: the handler's own. */
  readonly instead: ReadyReply | null;
  /** Where the handler's body is to be written to as well, whether or not it is sent; null: nowhere. */
  readonly capture: BodyCapture | null;
  /** The client has what the handler answered: 304 is sent, without the body. */
  readonly isUnchanged: boolean;
  /** Headers to be added. */
  readonly told: Readonly<Record<string, string>>;
}

type Outcome = Pick<Visit, 'answer' | 'status'> & Partial<Pick<Visit, 'exchange' | 'route' | 'reply' | 'renewal'>>;

/** A visit with what came of it; what is not said is not there. */
export function visitOf(request: WebRequest, beganAt: number, outcome: Outcome): Visit {
  const { exchange = null, route = null, reply = null, renewal = null, answer, status } = outcome;
  return { request, beganAt, exchange, route, reply, renewal, answer, status };
}

/** A reply in words, which nobody keeps. */
export function plainReply(status: number, text: string, more: Record<string, string>): ReadyReply {
  const body = Buffer.from(text);
  const headers = Object.assign({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, more);
  return { status, headers, body };
}
