import { createHash } from 'node:crypto';
import type { WebRequest } from '../web-request.js';

/** What tells two requests apart, besides what the responses' `Vary` names. */
export interface RequestKeyOptions {
  /** Whether the name by which the server was asked counts; default true. */
  readonly host?: boolean;
  /**
   * `sorted` (default): the parameters in any order are the same; `as-is`: they are not; a list: only these count, which a
   * route must not read others for.
   */
  readonly query?: 'sorted' | 'as-is' | readonly string[];
  /** More headers that count. */
  readonly headers?: readonly string[];
}

/**
 * What a handler may build its answer from although no cache knows it: links to the host that a proxy names, other paths.
 * Who makes them up poisons nobody's answer but that of those who make up the same.
 */
const FORWARDED = [
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-protocol',
  'x-forwarded-path',
  'x-forwarded-uri',
  'x-url-scheme',
  'front-end-https',
  'x-host',
  'x-original-url',
  'x-original-host',
  'x-original-uri',
  'x-http-host-override',
  'x-script-name',
  'x-rewrite-url',
] as const;
/** Longer ones are no address that people ask for twice. */
const LONGEST = 4096;
/** Beyond it a key is told by its SHA-256; a cache takes 1024 characters, and variants add some. */
const LONGEST_PLAIN = 700;

/** Makes the key under which the response to a GET is kept. */
export class RequestKey {
  readonly #host: boolean;
  readonly #query: 'sorted' | 'as-is' | ReadonlySet<string>;
  readonly #headers: readonly string[];

  constructor({ host = true, query = 'sorted', headers = [] }: RequestKeyOptions = {}) {
    this.#host = host;
    this.#query = typeof query === 'string' ? query : new Set(query.map(nameOf));
    this.#headers = [...new Set([...FORWARDED, ...headers.map((name) => name.toLowerCase())])];
  }

  /** Of a request, whatever its method; null where the address is too long to be kept. */
  of(request: WebRequest): string | null {
    const { target } = request;
    if (target.length > LONGEST) return null;
    // no header and no target has a line break, so that none can be made up that reads like two
    let key = `http ${this.#host ? request.host.toLowerCase() : ''}\n${this.#normal(target)}`;
    for (const name of this.#headers) {
      const value = request.header(name);
      if (value !== undefined) key += `\n${name}: ${value}`;
    }
    const forwarded = request.header('forwarded');
    if (forwarded !== undefined) key += forwardedKey(forwarded);
    if (key.length > LONGEST * 2) return null;
    return key.length <= LONGEST_PLAIN ? key : `http#${digest(key)}`;
  }

  #normal(target: string): string {
    const begin = target.indexOf('?');
    if (begin < 0 || this.#query === 'as-is') return target;
    let pairs = target.slice(begin + 1).split('&');
    if (typeof this.#query !== 'string') {
      const wanted = this.#query;
      pairs = pairs.filter((pair) => wanted.has(nameOf(pair)));
    }
    // by name only: the order of equal names is what a handler may read
    if (pairs.length > 1) pairs.sort((a, b) => compare(nameOf(a), nameOf(b)));
    return `${target.slice(0, begin)}?${pairs.join('&')}`;
  }
}

/** A text of fixed length for one of any length. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Who asked (`for`, `by`) differs from client to client and changes no answer; host and proto may. */
function forwardedKey(value: string): string {
  const parts = value.split(/[;,]/).map((part) => part.trim().toLowerCase());
  const kept = parts.filter((part) => part.startsWith('host=') || part.startsWith('proto='));
  return kept.length === 0 ? '' : `\nforwarded: ${kept.join(';')}`;
}

const ENCODED = /[%+[]/;

/** As handlers read it: `%61`, `a[]` and `a[b]` are parts of `a`. */
function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  const raw = end < 0 ? pair : pair.slice(0, end);
  if (!ENCODED.test(raw)) return raw;
  const name = decoded(raw.replaceAll('+', ' '));
  const bracket = name.indexOf('[');
  return bracket > 0 ? name.slice(0, bracket) : name;
}

/** What is no UTF-8 comes to handlers as replacement characters; unlike these, no two such texts are the same. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
