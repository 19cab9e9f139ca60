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
  /** Of all its headers, in small letters. */
  names(): Iterable<string>;
}

/** Headers of a response by name in small letters, as they are to be sent. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Where the head of a response is read. */
export interface HeadReader {
  readonly status: number;
  /** The pattern of the route that made it; null where none did or it is not known. */
  readonly route: string | null;
  /** One header by its name in small letters; several of a name joined by commas. */
  readonly read: (name: string) => string | undefined;
  /** All headers, names in small letters. */
  readonly readAll: () => ReplyHeaders;
}

/** The head of a response that a handler made. Most are not kept, and then hardly any header is looked at. */
export class ResponseHead {
  readonly status: number;
  readonly route: string | null;
  readonly #reader: HeadReader;
  #headers: ReplyHeaders | null = null;

  constructor(reader: HeadReader) {
    this.status = reader.status;
    this.route = reader.route;
    this.#reader = reader;
  }

  /** As they were when this was asked first. */
  get headers(): ReplyHeaders {
    this.#headers ??= this.#reader.readAll();
    return this.#headers;
  }

  /** @param name in small letters */
  header(name: string): string | undefined {
    return this.#reader.read(name);
  }
}

/** Whether a status says that the server failed. */
export const isFailure = (status: number): boolean => status >= 500;

/** Headers as Node has them, as texts. */
export function replyHeaders(headers: Readonly<Record<string, unknown>>): ReplyHeaders {
  const texts: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.map(String) : String(value);
  }
  return texts;
}

/** The value of a header as Node has it. */
export function headerText(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The path of a target: `/infractions` of `/infractions?zone=3`. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}
