import type { Viewer } from './viewer.js';

/** What is answered to a request. */
export interface HttpReply {
  /** 200 where it is absent. */
  readonly status?: number;
  /** The media type with its charset: `application/json`. */
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** One path that answers GET, or POST where it says so. */
export interface HttpRoute {
  /** `/metrics`; unique in the program. */
  readonly path: string;
  /**
   * POST for what changes something; it is answered only to what no web page of others can send: with
   * `content-type: application/json`. A path answers one of the two. Default GET.
   */
  readonly method?: 'GET' | 'POST';
  /**
   * Whom it answers besides the operator of the device: `tenants`, each of them what is theirs alone; `anybody`, who needs no
   * token for it where there are tenants, and is told nothing of any of them. Absent: the operator only.
   */
  readonly openTo?: 'tenants' | 'anybody';
  /**
   * What throws or rejects is answered with 500 and no details.
   *
   * @param query what follows the `?` of the address
   * @param viewer who asks; one whom `openTo` does not name never comes here
   */
  handle(query: URLSearchParams, viewer: Viewer): HttpReply | Promise<HttpReply>;
}
