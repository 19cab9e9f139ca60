import {
  emptySource,
  joinUsing,
  needAllOf,
  type QueryScope,
  type QuerySource,
  usesOf,
} from '../../sql/query-source.js';
import { columnOf, type TableSchema } from '../../sql/schema.js';
import type { StatementUse } from '../../sql/table-use.js';
import type { PostgresCatalog } from '../server/postgres-catalog.js';
import { groupedParameters } from './grouped-parameters.js';
import type { Node, PostgresGrammar, RangeVar, SelectStmt, WithClause } from './postgres-grammar.js';
import {
  type ComparedParameters,
  columnOfReference,
  PostgresPredicates,
  parameterOf,
  stringOf,
} from './postgres-predicates.js';
import { noteOrder } from './select-order.js';

/** What a statement of PostgreSQL does, and what has to be known to run it. */
export interface PostgresStatementUse extends StatementUse {
  readonly kind: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'other';
  /** It neither changes nor locks a row, as far as its text tells. */
  readonly readsOnly: boolean;
  /** Columns that it sets; null where it is no UPDATE. */
  readonly sets: ReadonlySet<string> | null;
  /** Names of the functions that it calls, without their schemas. */
  readonly functions: ReadonlySet<string>;
  /** Parameters that are whole lists of values, by number. */
  readonly lists: ReadonlySet<number>;
  /** Parameters that were the number of a result column in ORDER BY or GROUP BY, which pg_stat_statements takes for a value. */
  readonly positions: ReadonlySet<number>;
  /** Values of parameters that the statement itself tells, by number. */
  readonly told: ReadonlyMap<number, string>;
  /** Types that parameters are cast to, by number; `unit of time` that of date_trunc. */
  readonly casts: ReadonlyMap<number, string>;
  /** Names of relations that are no table of the catalog. */
  readonly strangers: ReadonlySet<string>;
}

/** Views of views of views are read no deeper. */
const DEEPEST_VIEW = 5;
const UNIT_FIRST = new Set(['date_trunc', 'date_part', 'extract']);
const KINDS: Readonly<Record<string, PostgresStatementUse['kind']>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

/** @throws SqlError where PostgreSQL's grammar does not read it, Error where it is not one statement */
export function postgresStatementUse(
  sql: string,
  catalog: PostgresCatalog,
  grammar: PostgresGrammar,
): PostgresStatementUse {
  const statements = grammar.parse(sql);
  if (statements.length !== 1) throw new Error(`expected one statement, got ${statements.length}`);
  return new PostgresUseReader(catalog, grammar).read(statements[0]!.stmt);
}

/** Goes through one statement, and notes of each table that it names what is searched, joined, sorted and read. */
class PostgresUseReader {
  readonly #catalog: PostgresCatalog;
  readonly #grammar: PostgresGrammar;
  readonly #sources: QuerySource[] = [];
  readonly #compared: ComparedParameters = new Map();
  readonly #predicates = new PostgresPredicates(this.#compared);
  readonly #parameters = new Set<number>();
  readonly #functions = new Set<string>();
  readonly #told = new Map<number, string>();
  readonly #positions = new Set<number>();
  readonly #casts = new Map<number, string>();
  readonly #strangers = new Set<string>();
  readonly #writes = new Set<string>();
  #sets: Set<string> | null = null;
  #locks = false;
  #depth = 0;

  constructor(catalog: PostgresCatalog, grammar: PostgresGrammar) {
    this.#catalog = catalog;
    this.#grammar = grammar;
  }

  read(stmt: Node): PostgresStatementUse {
    const kind = KINDS[Object.keys(stmt)[0]!] ?? 'other';
    this.#statement(stmt, null, new Set());
    return {
      uses: this.#sources.flatMap(usesOf),
      parameters: [...this.#parameters]
        .sort((a, b) => a - b)
        .map((number) => {
          const at = this.#compared.get(number);
          return { name: `$${number}`, table: at?.table ?? null, column: at?.column ?? null };
        }),
      writes: [...this.#writes],
      kind,
      readsOnly: kind === 'select' && this.#writes.size === 0 && !this.#locks,
      sets: this.#sets,
      functions: this.#functions,
      lists: new Set([...this.#compared].filter(([, { list }]) => list).map(([number]) => number)),
      positions: this.#positions,
      told: this.#told,
      casts: this.#casts,
      strangers: this.#strangers,
    };
  }

  #statement(stmt: Node, outer: QueryScope | null, withheld: ReadonlySet<string>): void {
    if ('SelectStmt' in stmt) {
      this.#select(stmt.SelectStmt, outer, withheld);
      return;
    }
    const [kind, body] = Object.entries(stmt)[0] as [string, ChangingStatement];
    if (KINDS[kind] === undefined || body.relation === undefined) return;
    const names = this.#commonTables(body.withClause, outer, withheld);
    const scope: QueryScope = { sources: [], outer, withheld: names };
    const searched = kind !== 'InsertStmt';
    const source = this.#addTable(body.relation, scope, searched);
    if (source.table !== null) this.#writes.add(source.table.name);
    else this.#locks = true;
    for (const from of [...(body.fromClause ?? []), ...(body.usingClause ?? [])]) this.#from(from, scope);
    if (body.sourceRelation !== undefined) this.#from(body.sourceRelation, scope);
    if (kind === 'InsertStmt') this.#inserted(body, source.table, outer, names);
    else this.#assigned(body.targetList ?? [], source, scope, kind === 'UpdateStmt');
    this.#condition(body.joinCondition ?? body.whereClause, scope);
    this.#expression(body.returningClause as Node | undefined, scope);
    this.#expression(body.mergeWhenClauses as unknown as Node | undefined, scope);
    this.#expression(body.onConflictClause as Node | undefined, scope);
  }

  #inserted(
    { selectStmt, cols }: ChangingStatement,
    table: TableSchema | null,
    outer: QueryScope | null,
    withheld: ReadonlySet<string>,
  ): void {
    if (selectStmt === undefined || !('SelectStmt' in selectStmt)) return;
    this.#select(selectStmt.SelectStmt, outer, withheld);
    if (table === null) return;
    const columns = cols?.map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '') : '')) ?? table.columns;
    for (const row of selectStmt.SelectStmt.valuesLists ?? []) {
      for (const [at, value] of ('List' in row ? (row.List.items ?? []) : []).entries())
        this.#put(value, table, columns[at] ?? '');
    }
  }

  #assigned(targets: readonly Node[], source: QuerySource, scope: QueryScope, updates: boolean): void {
    for (const target of targets) {
      if (!('ResTarget' in target)) continue;
      const { name = '', val } = target.ResTarget;
      if (updates && source.table !== null) {
        this.#sets ??= new Set();
        this.#sets.add(columnOf(source.table, name) ?? name);
        this.#put(val, source.table, name);
      }
      this.#expression(val, scope);
    }
  }

  #put(value: Node | undefined, table: TableSchema, name: string): void {
    const column = columnOf(table, name);
    if (column !== null) this.#predicates.remember(value, { source: emptySource('', table), name: column });
  }

  #select(select: SelectStmt, outer: QueryScope | null, withheld: ReadonlySet<string>): void {
    const names = this.#commonTables(select.withClause, outer, withheld);
    if (select.intoClause !== undefined || select.lockingClause !== undefined) this.#locks = true;
    if (select.larg !== undefined || select.rarg !== undefined) {
      for (const side of [select.larg, select.rarg]) if (side !== undefined) this.#select(side, outer, names);
      return;
    }
    const scope: QueryScope = { sources: [], outer, withheld: names };
    for (const from of select.fromClause ?? []) this.#from(from, scope);
    for (const target of select.targetList ?? []) this.#expression(target, scope);
    this.#condition(select.whereClause, scope);
    const others = [
      select.valuesLists,
      select.groupClause,
      select.havingClause,
      select.sortClause,
      select.windowClause,
    ];
    for (const part of [...others, select.distinctClause, select.limitCount, select.limitOffset])
      this.#expression(part as Node | undefined, scope);
    for (const term of [...(select.sortClause ?? []), ...(select.groupClause ?? [])]) {
      const number = parameterOf('SortBy' in term ? term.SortBy.node : term);
      if (number !== null) this.#positions.add(number);
    }
    for (const [number, value] of groupedParameters(select)) this.#told.set(number, value);
    noteOrder(select, scope);
  }

  #commonTables(
    clause: WithClause | undefined,
    outer: QueryScope | null,
    withheld: ReadonlySet<string>,
  ): ReadonlySet<string> {
    const tables = (clause?.ctes ?? []).flatMap((cte) => ('CommonTableExpr' in cte ? [cte.CommonTableExpr] : []));
    const names = new Set([...withheld, ...tables.map(({ ctename = '' }) => ctename)]);
    for (const { ctequery } of tables) if (ctequery !== undefined) this.#statement(ctequery, outer, names);
    return names;
  }

  #from(node: Node, scope: QueryScope): void {
    if ('RangeVar' in node) this.#addTable(node.RangeVar, scope, true);
    else if ('JoinExpr' in node) {
      const { larg, rarg, quals, usingClause, isNatural } = node.JoinExpr;
      const before = scope.sources.length;
      if (larg !== undefined) this.#from(larg, scope);
      const middle = scope.sources.length;
      if (rarg !== undefined) this.#from(rarg, scope);
      this.#condition(quals, scope);
      for (const name of usingClause ?? []) joinUsing(stringOf(name) ?? '', scope.sources.slice(before));
      if (isNatural) naturally(scope.sources.slice(before, middle), scope.sources.slice(middle));
    } else if ('RangeSubselect' in node) {
      const { subquery, alias, lateral } = node.RangeSubselect;
      if (subquery !== undefined) this.#statement(subquery, lateral ? scope : scope.outer, scope.withheld);
      scope.sources.push(emptySource(alias?.aliasname ?? '', null));
    } else {
      this.#expression(node, scope);
      scope.sources.push(emptySource(aliasOf(node), null));
    }
  }

  #addTable(range: RangeVar, scope: QueryScope, searched: boolean): QuerySource {
    const { relname = '', schemaname, alias } = range;
    const name = this.#catalog.nameOf(schemaname, relname);
    const withheld = schemaname === undefined && scope.withheld.has(relname);
    const table = withheld ? null : this.#catalog.schema.table(name);
    const source = emptySource(alias?.aliasname ?? relname, table);
    scope.sources.push(source);
    if (table !== null && searched) this.#sources.push(source);
    else if (table === null && !withheld && !this.#view(name)) this.#strangers.add(name);
    return source;
  }

  #view(name: string): boolean {
    const sql = this.#catalog.schema.view(name);
    if (sql === null) return false;
    if (this.#depth >= DEEPEST_VIEW) return true;
    this.#depth += 1;
    for (const { stmt } of this.#grammar.parse(sql)) this.#statement(stmt, null, new Set());
    this.#depth -= 1;
    return true;
  }

  /** Where rows have to fulfil it. */
  #condition(node: Node | undefined, scope: QueryScope): void {
    this.#expression(node, scope);
    this.#predicates.read(node, scope);
  }

  /** Notes each column that is read, each function and parameter, and goes into subqueries. */
  #expression(node: unknown, scope: QueryScope): void {
    if (Array.isArray(node)) {
      for (const entry of node) this.#expression(entry, scope);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    for (const [kind, body] of Object.entries(node)) {
      if (kind === 'SelectStmt') this.#select(body as SelectStmt, scope, scope.withheld);
      else {
        this.#note({ [kind]: body } as Node, scope);
        this.#expression(body, scope);
      }
    }
  }

  #note(node: Node, scope: QueryScope): void {
    if ('ColumnRef' in node) {
      const { fields = [] } = node.ColumnRef;
      const last = fields.at(-1);
      if (last !== undefined && 'A_Star' in last) {
        const alias = stringOf(fields.at(-2));
        needAllOf(scope.sources.filter((source) => alias === null || source.alias === alias));
      } else {
        const column = columnOfReference(node.ColumnRef, scope);
        column?.source.needed.add(column.name);
      }
    } else if ('ParamRef' in node) this.#parameters.add(node.ParamRef.number ?? 0);
    else if ('FuncCall' in node) {
      const { funcname, args = [] } = node.FuncCall;
      const name = stringOf(funcname?.at(-1)) ?? '';
      this.#functions.add(name);
      const unit = UNIT_FIRST.has(name) ? parameterOf(args[0]) : null;
      if (unit !== null) this.#casts.set(unit, 'unit of time');
    } else if ('TypeCast' in node) {
      const number = parameterOf(node.TypeCast.arg);
      if (number !== null) this.#casts.set(number, stringOf(node.TypeCast.typeName?.names?.at(-1)) ?? '');
    }
  }
}

/** INSERT, UPDATE, DELETE and MERGE, as far as they are alike. */
interface ChangingStatement {
  readonly relation?: RangeVar;
  readonly withClause?: WithClause;
  readonly fromClause?: readonly Node[];
  readonly usingClause?: readonly Node[];
  readonly sourceRelation?: Node;
  readonly targetList?: readonly Node[];
  readonly whereClause?: Node;
  readonly joinCondition?: Node;
  readonly selectStmt?: Node;
  readonly cols?: readonly Node[];
  readonly returningClause?: unknown;
  readonly onConflictClause?: unknown;
  readonly mergeWhenClauses?: readonly unknown[];
}

function naturally(left: readonly QuerySource[], right: readonly QuerySource[]): void {
  const names = new Set(left.flatMap(({ table }) => table?.columns ?? []));
  for (const name of right.flatMap(({ table }) => table?.columns ?? []))
    if (names.has(name)) joinUsing(name, [...left, ...right]);
}

function aliasOf(node: Node): string {
  const body = Object.values(node)[0] as { alias?: { aliasname?: string } } | undefined;
  return body?.alias?.aliasname ?? '';
}
