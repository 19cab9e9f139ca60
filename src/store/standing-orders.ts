import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** What a command changed until it ends. */
export interface StandingOrder {
  /** What it is about: `set output.logLevel`, `pause north`; one order each. */
  readonly subject: string;
  /** JSON. */
  readonly value: string;
  /** Unix ms. */
  readonly since: number;
  /** Unix ms; null: until it is taken back. */
  readonly until: number | null;
  /** Id of the key that signed it. */
  readonly by: string;
}

const PUT = `INSERT INTO orders (subject, value, since, until, by) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (subject) DO UPDATE SET value = excluded.value, since = excluded.since, until = excluded.until, by = excluded.by`;

/**
 * The orders that hold, in `history.db`. An order is on the disk when `put` returns, unless the disk refuses: then it waits
 * in memory, and is forgotten where the program ends before the disk takes it.
 */
export class StandingOrders {
  readonly #link: TablesLink<OrderStatements>;
  /** By subject: not on the disk yet; null: to be deleted. */
  readonly #pending = new Map<string, StandingOrder | null>();

  /** @param file with `HISTORY_MIGRATIONS` */
  constructor(file: StoreFile) {
    this.#link = file.join({
      what: 'standing orders',
      adopt: statementsOf,
      flush: (statements) => this.#flush(statements),
    });
  }

  /** Those stored; empty where nothing can be read. */
  all(): StandingOrder[] {
    return this.#link.read(({ all }) => all.all() as StandingOrder[]) ?? [];
  }

  put(order: StandingOrder): void {
    this.#write(order.subject, order);
  }

  delete(subject: string): void {
    this.#write(subject, null);
  }

  #write(subject: string, order: StandingOrder | null): void {
    if (this.#link.write((statements) => store(statements, subject, order))) this.#pending.delete(subject);
    else this.#pending.set(subject, order);
  }

  #flush(statements: OrderStatements): (() => void) | null {
    if (this.#pending.size === 0) return null;
    for (const [subject, order] of this.#pending) store(statements, subject, order);
    return () => this.#pending.clear();
  }
}

interface OrderStatements {
  readonly put: StatementPort;
  readonly delete: StatementPort;
  readonly all: StatementPort;
}

const statementsOf = (database: DatabasePort): OrderStatements => ({
  put: database.prepare(PUT),
  delete: database.prepare('DELETE FROM orders WHERE subject = ?'),
  all: database.prepare('SELECT subject, value, since, until, by FROM orders ORDER BY since, subject'),
});

function store(statements: OrderStatements, subject: string, order: StandingOrder | null): void {
  if (order === null) statements.delete.run(subject);
  else statements.put.run(subject, order.value, order.since, order.until, order.by);
}
