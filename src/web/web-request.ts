/** A request as every framework can describe it. */
export interface WebRequest {
  /** In capitals: `GET`. */
  readonly method: string;
  /** Path and query as they came: `/infractions?zone=3`. */
  readonly target: string;
  /** As the client named it; empty where it did not. */
  readonly host: string;
  /** @param name in small letters */
  header(name: string): string | undefined;
}

/** Headers of a response by name in small letters, as they are to be sent. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The head of a response that a handler made, as it was when it was taken down. */
export class ResponseHead {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: ReplyHeaders;
  /** The pattern of the route that made it; null where none did or it is not known. */
  readonly route: string | null;

  constructor(status: number, headers: ReplyHeaders, route: string | null) {
    this.status = status;
    this.headers = headers;
    this.route = route;
  }

  /** Several of a name are joined by commas. @param name in small letters */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return value === undefined || typeof value === 'string' ? value : value.join(', ');
  }
}

/** The path of a target: `/infractions` of `/infractions?zone=3`. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}
