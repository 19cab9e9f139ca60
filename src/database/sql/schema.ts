/** A column of an index that the database has. */
export interface IndexSchemaColumn {
  /** Null for an expression. */
  readonly name: string | null;
  readonly descending: boolean;
  /** By what rule texts are compared, where the index says another one than the column; absent: by the column's own. */
  readonly collation?: string;
}

/** An index as the database has it, or as it is proposed. */
export interface IndexSchema {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly IndexSchemaColumn[];
  readonly unique: boolean;
  /** Who made it: a statement, or a constraint of the table, which cannot be dropped. */
  readonly origin: 'statement' | 'constraint';
  /** Its condition; null where it holds every row. */
  readonly where: string | null;
}

/** A table with its columns and indexes. */
export interface TableSchema {
  readonly name: string;
  readonly columns: readonly string[];
  /** The column that is the rowid itself, by which a search needs no index; null where none is. */
  readonly rowid: string | null;
  readonly indexes: readonly IndexSchema[];
}

/** What has to be known of a database to read its statements. Names are compared without regard to case, as SQLite does. */
export class Schema {
  readonly #tables: ReadonlyMap<string, TableSchema>;
  readonly #views: ReadonlyMap<string, string>;

  /** @param views their SELECT, by name */
  constructor(tables: readonly TableSchema[], views: ReadonlyMap<string, string> = new Map()) {
    this.#tables = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
    this.#views = new Map([...views].map(([name, sql]) => [name.toLowerCase(), sql]));
  }

  get tables(): readonly TableSchema[] {
    return [...this.#tables.values()];
  }

  table(name: string): TableSchema | null {
    return this.#tables.get(name.toLowerCase()) ?? null;
  }

  /** The CREATE VIEW statement; null where no view has the name. */
  view(name: string): string | null {
    return this.#views.get(name.toLowerCase()) ?? null;
  }
}

/** @returns the table's own spelling of a column; null where it has none of that name */
export function columnOf(table: TableSchema, name: string): string | null {
  const wanted = name.toLowerCase();
  return table.columns.find((column) => column.toLowerCase() === wanted) ?? null;
}
