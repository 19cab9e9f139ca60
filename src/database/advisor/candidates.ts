import { sha256Of } from '../../foundation/sha256.js';
import { quotedName } from '../../foundation/sql-quotes.js';
import type { IndexSchema, Schema, TableSchema } from '../sql/schema.js';
import type { IndexColumn, TableUse } from '../sql/table-use.js';

/** An index that might help a statement. */
export interface IndexCandidate {
  readonly table: string;
  readonly columns: readonly IndexColumn[];
  /** SQL; null: every row is in it. */
  readonly where: string | null;
  /** Made so that a statement needs nothing but the index. */
  readonly covering: boolean;
}

/** An index of more columns costs more than the table it saves reading. */
const MOST_COLUMNS = 8;
/** A literal is part of the program where its column is a flag or a state; elsewhere it is one value of many. */
const FLAG_VALUES = 8;
/** An index of some rows is worth its condition where these are few. */
const FEW = 0.1;

/** What is known of a database's rows. */
export interface TableFacts {
  /** Different values of a column. */
  distinct(table: string, column: string): number;
  /** Share of the rows, 0 to 1, for which a condition holds. */
  share(table: string, condition: string): number;
}

/** Two candidates of one key are the same index. */
export function candidateKey({ table, columns, where }: IndexCandidate): string {
  return `${table}(${columns.map(({ column, collation, descending }) => `${column}${collation === undefined ? '' : ` collate ${collation}`}${descending ? ' desc' : ''}`).join(',')})${where === null ? '' : ` where ${where}`}`.toLowerCase();
}

/** A name that says what it is of; of 63 letters at most, as PostgreSQL wants. With a sum of all where it would not say all. */
export function candidateName(candidate: IndexCandidate): string {
  const { table, columns, where } = candidate;
  const words = [table, ...columns.map(({ column }) => column)].join('_');
  const name = `ix_${words}`.replace(/[^A-Za-z0-9]+/g, '_');
  const isPlain = columns.every(({ descending, collation }) => !descending && collation === undefined);
  return where === null && name.length <= 63 && isPlain && !NOT_ASCII.test(words) ? name : summedName(candidate, name);
}

const NOT_ASCII = /[^\x20-\x7e]/;

const summedName = (candidate: IndexCandidate, name: string): string =>
  `${name.slice(0, 54)}_${sha256Of(candidateKey(candidate)).slice(0, 8)}`;

/**
 * A name for each of several, of which no two are alike, nor like one that the database has.
 *
 * @param taken names that are in use, whatever has them
 */
export function candidateNames(
  candidates: readonly IndexCandidate[],
  taken: Iterable<string>,
): Map<IndexCandidate, string> {
  const used = new Set([...taken].map((name) => name.toLowerCase()));
  return new Map(
    candidates.map((candidate) => {
      const short = candidateName(candidate);
      const name = used.has(short.toLowerCase()) ? summedName(candidate, short) : short;
      used.add(name.toLowerCase());
      return [candidate, name];
    }),
  );
}

/**
 * @param name default: one made of table and columns
 * @param on the table as SQL names it
 */
export function createStatement(
  candidate: IndexCandidate,
  name = candidateName(candidate),
  on = quotedName(candidate.table),
): string {
  const columns = candidate.columns.map(
    ({ column, collation, descending }) =>
      `${quotedName(column)}${collation === undefined ? '' : ` COLLATE ${quotedName(collation)}`}${descending ? ' DESC' : ''}`,
  );
  const where = candidate.where === null ? '' : ` WHERE ${candidate.where}`;
  return `CREATE INDEX ${quotedName(name)} ON ${on} (${columns.join(', ')})${where}`;
}

/**
 * Every index that a use of a table suggests: each column that is searched by alone; all that is compared by equality, in an order that other
 * statements can share; followed by a range, or by the order that is asked for; with the columns that are read besides, so that the table is not;
 * of only the rows that a literal condition leaves. What the database has already is left out.
 * Of columns compared alike, that of more different values stands in front.
 */
export function candidatesOf(use: TableUse, schema: Schema, facts: TableFacts): IndexCandidate[] {
  const table = schema.table(use.table);
  if (table === null) return [];
  const known = (column: string): boolean => column !== table.rowid;
  const selective = (columns: Iterable<string>): string[] =>
    [...columns]
      .filter(known)
      .sort((a, b) => facts.distinct(table.name, b) - facts.distinct(table.name, a) || a.localeCompare(b));
  const constants = selective(use.constants);
  const equal = [...constants, ...selective([...use.joins].filter((column) => !use.constants.has(column)))];
  const ranges = selective([...use.ranges].filter((column) => !equal.includes(column)));
  const order = use.order.filter(({ column }) => !equal.includes(column));
  const starts = unique([
    [],
    constants,
    equal,
    ...equal.map((column) => [column]),
    ...joinStarts(use, constants, known),
  ]);
  const plain: IndexColumn[][] = [];
  for (const start of starts) {
    const first = start.map(ascending);
    if (start.length > 0) plain.push(first);
    for (const range of ranges) plain.push([...first, ascending(range)]);
    if (order.length > 0 && order.every(({ column }) => known(column))) plain.push([...first, ...order]);
  }
  const covering = use.needed.size <= MOST_COLUMNS ? plain.flatMap((columns) => covered(columns, use, known)) : [];
  const made = [
    ...plain.map((columns) => ({ table: table.name, columns, where: null, covering: false })),
    ...covering.map((columns) => ({ table: table.name, columns, where: null, covering: true })),
    ...use.conditions
      .filter(
        ({ column, sql }) => facts.distinct(table.name, column) <= FLAG_VALUES && facts.share(table.name, sql) <= FEW,
      )
      .flatMap(({ sql }) => partial(plain, sql, table.name)),
  ];
  const seen = new Set<string>();
  return made
    .map((candidate) => collated(candidate, use))
    .filter((candidate) => {
      const key = candidateKey(candidate);
      if (
        candidate.columns.length === 0 ||
        candidate.columns.length > MOST_COLUMNS ||
        seen.has(key) ||
        isThere(candidate, table)
      )
        return false;
      seen.add(key);
      return true;
    });
}

/** The planner may read another table first: then a column of a join is known, with the constants or before them. */
function joinStarts(use: TableUse, constants: readonly string[], known: (column: string) => boolean): string[][] {
  return [...use.joins].filter(known).flatMap((join) => [
    [...constants.filter((column) => column !== join), join],
    [join, ...constants.filter((column) => column !== join)],
  ]);
}

/** Texts are found by an index that compares them as the statement does. */
function collated(candidate: IndexCandidate, { collations }: TableUse): IndexCandidate {
  if (collations === undefined || collations.size === 0) return candidate;
  const columns = candidate.columns.map((term) => {
    const collation = collations.get(term.column);
    return collation === undefined ? term : { ...term, collation };
  });
  return { ...candidate, columns };
}

function covered(columns: readonly IndexColumn[], use: TableUse, known: (column: string) => boolean): IndexColumn[][] {
  const rest = [...use.needed]
    .filter((column) => known(column) && !columns.some((term) => term.column === column))
    .sort();
  return rest.length === 0 ? [] : [[...columns, ...rest.map(ascending)]];
}

/** With the condition as its limits, without the column that the condition fixes to one value. */
function partial(plain: readonly (readonly IndexColumn[])[], where: string, table: string): IndexCandidate[] {
  const fixed = /^"((?:[^"]|"")*)" (?:=|IS)(?! NOT)/.exec(where)?.[1]?.replaceAll('""', '"');
  return plain.flatMap((columns) => {
    const left = columns.filter(({ column }) => column !== fixed);
    return left.length === 0 ? [] : [{ table, columns: left, where, covering: false }];
  });
}

function isThere(candidate: IndexCandidate, { indexes }: TableSchema): boolean {
  return (
    candidate.where === null && indexes.some((index) => index.where === null && isPrefix(candidate.columns, index))
  );
}

/** Whether an index begins with these columns: it can do what an index of them could. */
export function isPrefix(columns: readonly IndexColumn[], index: IndexSchema): boolean {
  return columns.every((column, at) => isSameTerm(column, index.columns[at]));
}

/** Whether two indexes have the same column at one place: sorted and compared alike. */
export function isSameTerm(
  { column, descending, collation }: IndexColumn,
  other: IndexSchema['columns'][number] | undefined,
): boolean {
  return (
    other?.name === column &&
    other.descending === descending &&
    other.collation?.toLowerCase() === collation?.toLowerCase()
  );
}

const ascending = (column: string): IndexColumn => ({ column, descending: false });

function unique(lists: readonly (readonly string[])[]): (readonly string[])[] {
  const seen = new Set<string>();
  return lists.filter((list) => {
    const key = list.join('\0');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** At most so many candidates, from each list in turn, so that one expensive statement does not take all the places. */
export function takeInTurn(lists: readonly (readonly IndexCandidate[])[], most: number): IndexCandidate[] {
  const taken = new Map<string, IndexCandidate>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let at = 0; at < longest; at += 1) {
    for (const list of lists) {
      const candidate = list[at];
      if (candidate !== undefined && taken.size < most) taken.set(candidateKey(candidate), candidate);
    }
  }
  return [...taken.values()];
}
