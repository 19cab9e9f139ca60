import type { IncomingMessage } from 'node:http';
import { CONDITIONAL_HEADERS } from '../caching/conditional.js';
import { headerText, type WebRequest } from '../web-request.js';

/** A request of Node's server. */
export class NodeRequest implements WebRequest {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly #headers: IncomingMessage['headers'];

  /** @param target path and query as the client sent them, whatever routers made of `url` since */
  constructor(request: IncomingMessage, target = request.url ?? '/') {
    this.method = request.method ?? 'GET';
    this.target = target;
    this.#headers = request.headers;
    this.host = this.header(':authority') ?? request.headers.host ?? '';
  }

  header(name: string): string | undefined {
    return headerText(this.#headers[name]);
  }

  names(): Iterable<string> {
    return Object.keys(this.#headers);
  }
}

/**
 * Takes the conditions off a request whose response is to be kept: the handler is to answer in full, and whether the client
 * has that already is told from the answer.
 */
export function withoutConditions(request: IncomingMessage): void {
  if (!CONDITIONAL_HEADERS.some((name) => request.headers[name] !== undefined)) return;
  request.headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !CONDITIONAL_HEADERS.includes(name)),
  );
}
