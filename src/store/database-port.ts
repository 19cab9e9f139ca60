/** A prepared statement; better-sqlite3's, for one. Parameters are strings, numbers, null, bytes. */
export interface StatementPort {
  run(...parameters: unknown[]): unknown;
  get(...parameters: unknown[]): unknown;
  all(...parameters: unknown[]): unknown[];
}

/** Who looks after an open database beside this thread. */
export interface FileKeeper {
  /** Pages in the write-ahead log at the last look; null before the first. */
  readonly walPages: number | null;
  /** Reads all of it. @returns what is damaged; null where nothing is, or it cannot be told */
  check(): Promise<string | null>;
  /** Bytes that each table takes with its indexes; reads all of them. Without those that could not be measured. */
  measure(tables: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The database has been closed. */
  leave(): void;
}

/** An open SQLite database with its schema up to date and its integrity checked. Its errors carry SQLite's `code`. */
export interface DatabasePort {
  /** True where nothing can be written. */
  readonly readOnly: boolean;
  /** Why nothing can be written, with what to do: a part of a sentence; null where something can. */
  readonly readOnlyBecause: string | null;
  /** Where a corrupt predecessor was moved to while opening, if there was one. */
  readonly setAside: string | null;
  /** Who looks after it; none: SQLite checkpoints where it writes. */
  readonly keeper?: FileKeeper | null;
  /** What a check found that is still going on after the opening, because the file is large; null: nothing. */
  readonly damage?: Promise<string | null> | null;
  /** Closes a damaged database and moves its file away. @returns where it is */
  condemn?(reason: string): string;
  prepare(sql: string): StatementPort;
  /** All of `work` or nothing. `durable`: on the medium when it returns, where otherwise a power cut may take it. */
  transaction(work: () => void, durable?: boolean): void;
  /** Gives free pages back to the file system, of a file that can (`auto_vacuum = INCREMENTAL`). */
  giveBackPages?(pages: number): void;
  close(): void;
}
