import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

interface CursorStatements {
  readonly read: StatementPort;
  readonly put: StatementPort;
}

/** How far something has come, kept in `history.db` so that a restart goes on from there; what was lost with a kill is done again. */
export class Cursor {
  readonly #name: string;
  readonly #link: TablesLink<CursorStatements>;
  #at: number | null = null;
  #isStored = true;

  /** @param file with `HISTORY_MIGRATIONS` @param name unique among the cursors of the file */
  constructor(file: StoreFile, name: string) {
    this.#name = name;
    this.#link = file.join({
      what: `the cursor ${name}`,
      adopt: (database: DatabasePort) => ({
        read: database.prepare('SELECT at FROM cursors WHERE name = ?'),
        put: database.prepare(
          'INSERT INTO cursors (name, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at',
        ),
      }),
      flush: (statements) => this.#flush(statements),
    });
  }

  /** Unix ms; null where it never was anywhere, or that cannot be read. */
  get at(): number | null {
    if (this.#at !== null) return this.#at;
    const stored = this.#link.read(({ read }) => read.get(this.#name) as { at: number } | undefined);
    this.#at = stored?.at ?? null;
    return this.#at;
  }

  /** Unix ms. */
  moveTo(at: number): void {
    this.#isStored &&= at === this.#at;
    this.#at = at;
  }

  #flush({ put }: CursorStatements): (() => void) | null {
    const at = this.#at;
    if (this.#isStored || at === null) return null;
    put.run(this.#name, at);
    return () => {
      this.#isStored = at === this.#at;
    };
  }
}
