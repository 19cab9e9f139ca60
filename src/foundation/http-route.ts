import type { Viewer } from './viewer.js';

/** What is answered to a request. */
export interface HttpReply {
  /** 200 where it is absent. */
  readonly status?: number;
  /** The media type with its charset: `application/json`. */
  readonly contentType: string;
  /** A stream goes on until it ends, or whoever asked is gone (`RouteRequest.signal`). */
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** Besides the content type, by lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was asked, besides the query. */
export interface RouteRequest {
  /** What stands in the places that the path names: `/api/v1/cameras/:camera` gives `camera`. Decoded, and of unknown length. */
  readonly params: Readonly<Record<string, string>>;
  /** Of a POST: its JSON, of at most 256 KiB; undefined where there is none. */
  readonly body: unknown;
  /** Whether whoever asks may change something. */
  readonly mayChange?: boolean;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** Aborted when whoever asked is gone. */
  readonly signal: AbortSignal;
}

/** What is in one parameter, body or reply, as JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What the OpenAPI document says of a route. */
export interface ApiDescription {
  /** One line, what it answers or does. */
  readonly summary: string;
  /** An object's schema: a property for each word of the query. */
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  /** Of the JSON that is answered; absent where it is none. */
  readonly reply?: JsonSchema;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** One path that answers GET or POST. */
export interface HttpRoute {
  /** `/metrics`, or with named places: `/api/v1/cameras/:camera/picture`; with its method unique in the program. */
  readonly path: string;
  /**
   * POST for what changes something; it is answered only to what no web page of others can send: with
   * `content-type: application/json`. Default GET.
   */
  readonly method?: 'GET' | 'POST';
  /**
   * Whom it answers besides the operator of the device, and who may read all of it: `tenants`, each of them what is theirs alone; `anybody`, who needs no
   * token for it where there are tenants, and is told nothing of any of them; `public`, who needs none in any case, and is told nothing of
   * the device: pages without their data. Absent: the operator only.
   */
  readonly openTo?: 'tenants' | 'anybody' | 'public';
  /**
   * Whether a POST changes how the device works: it needs a token also where reading needs none, and is taken down: who, when, what, and
   * what became of it. Default true; false for one that only checks or looks.
   */
  readonly changes?: boolean;
  /** For the OpenAPI document; a route without one is not in it. */
  readonly api?: ApiDescription;
  /**
   * What throws or rejects is answered with 500 and no details.
   *
   * @param query what follows the `?` of the address
   * @param viewer who asks; one whom `openTo` does not name never comes here
   */
  handle(query: URLSearchParams, viewer: Viewer, request: RouteRequest): HttpReply | Promise<HttpReply>;
}
