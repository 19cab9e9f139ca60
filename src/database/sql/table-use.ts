/** A column of an index or an order, as the table spells it. */
export interface IndexColumn {
  readonly column: string;
  readonly descending: boolean;
  /** By what rule texts are compared; absent: by the column's own. */
  readonly collation?: string;
}

/** How a statement uses a table; each appearance in a FROM, and each side of an OR, is a use of its own. Columns as the table spells them. */
export interface TableUse {
  readonly table: string;
  /** Compared by =, IS or IN with what is known before the table is read: literals, parameters, subqueries. */
  readonly constants: ReadonlySet<string>;
  /** Compared by = with a column of another table. */
  readonly joins: ReadonlySet<string>;
  /** Compared by <, >, BETWEEN, or LIKE and GLOB with a beginning that is no wildcard. */
  readonly ranges: ReadonlySet<string>;
  /** ORDER BY, else GROUP BY or DISTINCT, where all of it is of this table; empty where it is not. */
  readonly order: readonly IndexColumn[];
  /** All that is read of it. */
  readonly needed: ReadonlySet<string>;
  /** What an index could leave out rows by: equality with a literal, IS NULL, IS NOT NULL. */
  readonly conditions: readonly ColumnCondition[];
  /** Columns that are compared or sorted by another rule than their own, with its name; absent: none. */
  readonly collations?: ReadonlyMap<string, string>;
}

/** A comparison of a column with a literal. */
export interface ColumnCondition {
  readonly column: string;
  readonly sql: string;
}

/** A parameter's place among the statement's, and the column that it is compared with or put into; null where there is none. */
export interface ParameterUse {
  /** As written: `?`, `?3`, `:name`. */
  readonly name: string;
  readonly table: string | null;
  readonly column: string | null;
}

/** What a statement does to the tables that it names. */
export interface StatementUse {
  readonly uses: readonly TableUse[];
  /** In the order of the text. */
  readonly parameters: readonly ParameterUse[];
  /** Tables that it changes. */
  readonly writes: readonly string[];
}

/** Names of the tables that statements read or change. */
export const tablesOf = (statements: readonly StatementUse[]): Set<string> =>
  new Set(statements.flatMap(({ uses, writes }) => [...uses.map(({ table }) => table), ...writes]));
