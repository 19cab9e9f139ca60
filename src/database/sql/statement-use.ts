import {
  type AstNode,
  type Expr,
  type FromClause,
  parseStatement,
  type Select,
  type SelectTable,
  type SortedColumn,
  type Stmt,
  traverse,
} from './parser.js';
import { type ComparedWith, PredicateReader } from './predicate-reader.js';
import {
  collationOf,
  columnIn,
  emptySource,
  joinUsing,
  needAllOf,
  noteCollation,
  type QueryScope,
  type QuerySource,
  usesOf,
} from './query-source.js';
import { columnOf, type Schema, type TableSchema } from './schema.js';
import type { ParameterUse, StatementUse } from './table-use.js';

/** What a statement of SQLite's asks for. */
export interface SqliteStatementUse extends StatementUse {
  /** Columns that an UPDATE sets; null of any other statement, and where it sets a key, which moves the whole row. */
  readonly sets: ReadonlySet<string> | null;
}

/** @returns null where SQLite's grammar does not read the statement */
export function statementUse(sql: string, schema: Schema): SqliteStatementUse | null {
  const stmt = parseStatement(sql);
  return stmt === null ? null : new UseReader(schema).read(stmt);
}

/** Views of views of views are read no deeper. */
const DEEPEST_VIEW = 5;

/** Goes through one statement, and notes of each table that it names what is searched, joined, sorted and read. */
class UseReader {
  readonly #schema: Schema;
  readonly #sources: QuerySource[] = [];
  readonly #compared: ComparedWith = new Map();
  readonly #predicates = new PredicateReader(this.#compared);
  #depth = 0;
  #sets: ReadonlySet<string> | null = null;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  read(stmt: Stmt): SqliteStatementUse {
    const writes = this.#statement(stmt);
    const parameters: ParameterUse[] = [];
    traverse(stmt, {
      nodes: {
        VariableExpr: (node) => {
          const at = this.#compared.get(node);
          parameters.push({ name: node.name, table: at?.table ?? null, column: at?.column ?? null });
        },
      },
    });
    return { uses: this.#sources.flatMap(usesOf), parameters, writes, sets: this.#sets };
  }

  #statement(stmt: Stmt): string[] {
    switch (stmt.type) {
      case 'SelectStmt':
        this.#select(stmt.body, null, new Set());
        return [];
      case 'ExplainStmt':
        return this.#statement(stmt.stmt);
      case 'InsertStmt': {
        const table = this.#schema.table(stmt.tblName.objName.text);
        if (stmt.body.type === 'SelectInsertBody') {
          this.#select(stmt.body.select, null, namesOf(stmt.with));
          if (table !== null)
            this.#inserted(stmt.body.select, stmt.columns?.map(({ text }) => text) ?? table.columns, table);
        }
        return table === null ? [] : [table.name];
      }
      case 'DeleteStmt':
      case 'UpdateStmt': {
        const scope: QueryScope = { sources: [], outer: null, withheld: namesOf(stmt.with) };
        this.#commonTables(stmt.with, null);
        this.#addTable(stmt.tblName.objName.text, stmt.tblName.alias?.text ?? stmt.tblName.objName.text, scope);
        if (stmt.type === 'UpdateStmt') {
          if (stmt.from !== undefined) this.#from(stmt.from, scope);
          for (const { expr, colNames } of stmt.sets) {
            this.#expression(expr, scope);
            const table = scope.sources[0]?.table;
            if (table && expr.type === 'VariableExpr' && colNames.length === 1)
              this.#put(expr, table, colNames[0]!.text);
          }
        }
        if (stmt.whereClause !== undefined) this.#condition(stmt.whereClause, scope);
        const table = scope.sources[0]?.table;
        if (table && stmt.type === 'UpdateStmt')
          this.#sets = setsOf(
            table,
            stmt.sets.flatMap(({ colNames }) => colNames.map(({ text }) => text)),
          );
        return table ? [table.name] : [];
      }
      default:
        return [];
    }
  }

  #inserted({ select }: Select, columns: readonly string[], table: TableSchema): void {
    if (select.type !== 'SelectValues') return;
    for (const { values } of select.values) {
      for (const [index, value] of values.entries()) {
        if (value.type === 'VariableExpr' && columns[index] !== undefined) this.#put(value, table, columns[index]);
      }
    }
  }

  #put(variable: AstNode, table: TableSchema, name: string): void {
    const column = columnOf(table, name);
    if (column !== null) this.#compared.set(variable, { table: table.name, column });
  }

  #select(select: Select, outer: QueryScope | null, withheld: ReadonlySet<string>): void {
    const names = new Set([...withheld, ...namesOf(select.with)]);
    this.#commonTables(select.with, outer, names);
    const parts = [select.select, ...(select.compounds ?? []).map((compound) => compound.select)];
    for (const part of parts) {
      if (part.type === 'SelectValues') {
        for (const { values } of part.values)
          for (const value of values) this.#expression(value, { sources: [], outer, withheld: names });
        continue;
      }
      const scope: QueryScope = { sources: [], outer, withheld: names };
      if (part.from !== undefined) this.#from(part.from, scope);
      for (const column of part.columns) {
        if (column.type === 'ExprResultColumn') this.#expression(column.expr, scope);
        else this.#all(scope, column.type === 'TableStarResultColumn' ? column.table.text : null);
      }
      if (part.whereClause !== undefined) this.#condition(part.whereClause, scope);
      for (const term of part.groupBy ?? []) this.#expression(term, scope);
      if (part.having !== undefined) this.#expression(part.having, scope);
      const distinct =
        part.distinctness === 'Distinct'
          ? part.columns.flatMap((column) => (column.type === 'ExprResultColumn' ? [column.expr] : []))
          : [];
      const sorted = parts.length === 1 ? (select.orderBy ?? []) : [];
      for (const { expr } of sorted) this.#expression(expr, scope);
      this.#order(sorted, part.groupBy ?? distinct, part.columns, scope);
    }
  }

  #commonTables(
    clause: Extract<Stmt, { with: unknown }>['with'],
    outer: QueryScope | null,
    withheld: ReadonlySet<string> = namesOf(clause),
  ): void {
    for (const { select } of clause?.ctes ?? []) this.#select(select, outer, withheld);
  }

  #from({ select, joins = [] }: FromClause, scope: QueryScope): void {
    if (select !== undefined) this.#source(select, scope);
    for (const { table } of joins) this.#source(table, scope);
    for (const { constraint } of joins) {
      if (constraint?.type === 'OnJoinConstraint') this.#condition(constraint.expr, scope);
      else for (const { text } of constraint?.columns ?? []) joinUsing(text, scope.sources);
    }
  }

  #source(source: SelectTable, scope: QueryScope): void {
    switch (source.type) {
      case 'TableSelectTable': {
        const name = source.tblName.objName.text;
        this.#addTable(name, source.alias?.name.text ?? source.tblName.alias?.text ?? name, scope);
        return;
      }
      case 'SelectSelectTable':
        this.#select(source.select, scope.outer, scope.withheld);
        scope.sources.push(emptySource(source.alias?.name.text ?? '', null));
        return;
      case 'SubSelectTable':
        this.#from(source.from, scope);
        return;
      default:
        scope.sources.push(emptySource(source.alias?.name.text ?? source.tblName.objName.text, null));
    }
  }

  #addTable(name: string, alias: string, scope: QueryScope): void {
    const table = scope.withheld.has(name.toLowerCase()) ? null : this.#schema.table(name);
    const source = emptySource(alias, table);
    scope.sources.push(source);
    if (table !== null) this.#sources.push(source);
    else this.#view(name);
  }

  #view(name: string): void {
    const sql = this.#schema.view(name);
    if (sql === null || this.#depth >= DEEPEST_VIEW) return;
    const stmt = parseStatement(sql);
    if (stmt?.type !== 'CreateViewStmt') return;
    this.#depth += 1;
    this.#select(stmt.select, null, new Set());
    this.#depth -= 1;
  }

  #all({ sources }: QueryScope, alias: string | null): void {
    needAllOf(sources.filter((source) => alias === null || source.alias.toLowerCase() === alias.toLowerCase()));
  }

  /** Where rows have to fulfil it. */
  #condition(expr: Expr, scope: QueryScope): void {
    this.#expression(expr, scope);
    this.#predicates.read(expr, scope);
  }

  /** Notes each column that is read, and goes into subqueries. */
  #expression(expr: Expr, scope: QueryScope): void {
    traverse(expr as AstNode, {
      enter: (node) => {
        if (node.type === 'Select') {
          this.#select(node, scope, scope.withheld);
          return 'skip';
        }
        const column = columnIn(node as Expr, scope);
        if (column !== null) column.source.needed.add(column.name);
        return undefined;
      },
    });
  }

  /** What it is sorted by, else grouped by: that of one table alone is what an index can give. */
  #order(
    sorted: readonly SortedColumn[],
    grouped: readonly Expr[],
    results: readonly { readonly type: string }[],
    scope: QueryScope,
  ): void {
    const terms =
      sorted.length > 0
        ? sorted.map(({ expr, order }) => ({ expr, descending: order === 'Desc' }))
        : grouped.map((expr) => ({ expr, descending: false }));
    const columns = terms.map(({ expr, descending }) => ({
      column: columnIn(resultOf(expr, results), scope),
      collation: collationOf(expr),
      descending,
    }));
    const source = columns[0]?.column?.source;
    if (source === undefined || !columns.every(({ column }) => column?.source === source && column.own)) return;
    for (const { column, collation } of columns) noteCollation(column!, collation);
    source.order = columns.map(({ column, descending }) => ({ column: column!.name, descending }));
  }
}

/** A number or an alias in ORDER BY stands for a result column. */
function resultOf(expr: Expr, results: readonly { readonly type: string }[]): Expr {
  const columns = results as readonly { type: string; expr?: Expr; alias?: { name: { text: string } } }[];
  if (expr.type === 'NumericLiteral') return columns[Number(expr.value) - 1]?.expr ?? expr;
  const name = expr.type === 'NameExpr' ? expr.name.text : expr.type === 'Id' ? expr.name : null;
  return columns.find(({ alias }) => name !== null && alias?.name.text === name)?.expr ?? expr;
}

const namesOf = (
  clause: { readonly ctes: readonly { readonly tblName: { readonly text: string } }[] } | undefined,
): ReadonlySet<string> => new Set((clause?.ctes ?? []).map(({ tblName }) => tblName.text.toLowerCase()));

function setsOf(table: TableSchema, names: readonly string[]): ReadonlySet<string> | null {
  const sets = new Set(names.map((name) => columnOf(table, name) ?? name));
  const keys = table.indexes.filter(({ origin }) => origin === 'constraint').flatMap(({ columns }) => columns);
  const moves = [table.rowid, ...keys.map(({ name }) => name)].some((name) => name !== null && sets.has(name));
  return moves ? null : sets;
}
