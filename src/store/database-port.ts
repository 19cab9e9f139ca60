/** A prepared statement; better-sqlite3's, for one. Parameters are strings, numbers, null, bytes. */
export interface StatementPort {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
}

/** An open SQLite database with its schema up to date and its integrity checked. Its errors carry SQLite's `code`. */
export interface DatabasePort {
  /** True where nothing can be written. */
  readonly readOnly: boolean;
  /** Why nothing can be written, with what to do: a part of a sentence; null where something can. */
  readonly readOnlyBecause: string | null;
  /** Where a corrupt predecessor was moved to while opening, if there was one. */
  readonly setAside: string | null;
  prepare(sql: string): StatementPort;
  /** All of `work` or nothing. `durable`: on the medium when it returns, where otherwise a power cut may take it. */
  transaction(work: () => void, durable?: boolean): void;
  close(): void;
}
