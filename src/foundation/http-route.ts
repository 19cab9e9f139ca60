/** What is answered to a request. */
export interface HttpReply {
  /** 200 where it is absent. */
  readonly status?: number;
  /** The media type with its charset: `application/json`. */
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** One path that answers GET. */
export interface HttpRoute {
  /** `/metrics`; unique in the program. */
  readonly path: string;
  /**
   * What throws or rejects is answered with 500 and no details.
   *
   * @param query what follows the `?` of the address
   */
  handle(query: URLSearchParams): HttpReply | Promise<HttpReply>;
}
