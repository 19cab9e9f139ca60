import { explain } from '../../foundation/errors.js';
import { sum } from '../../foundation/statistics.js';
import type { Advice, IndexToCreate } from '../advisor/advice.js';
import {
  candidateNames,
  candidatesOf,
  createStatement,
  type IndexCandidate,
  type TableFacts,
  takeInTurn,
} from '../advisor/candidates.js';
import { chosenWith, IndexChoice, type IndexSet, type TrialIndex } from '../advisor/index-choice.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { isWithoutRows } from '../sql/parser.js';
import type { Schema } from '../sql/schema.js';
import { statementUse } from '../sql/statement-use.js';
import type { TableUse } from '../sql/table-use.js';
import { IndexTrials } from './index-trials.js';
import { needlessIndexes } from './needless-indexes.js';
import { databaseTrouble } from './open-database.js';
import { readSchema } from './read-schema.js';
import { listedParameters, sampleParameters } from './sample-parameters.js';
import { tableFacts } from './table-facts.js';
import { TrialCosts, type TrialStatement } from './trial-costs.js';
import { Workbench, type WorkbenchOptions } from './workbench.js';

export interface AdviseOptions extends WorkbenchOptions {
  /** Indexes that are built and tried at most; default 60, those of the most expensive statements first. */
  readonly mostCandidates?: number;
  /** An index that saves less of the time that is left of the workload is not worth a line; default 0.01. */
  readonly leastShare?: number;
  /** Seconds after which the best of what was tried by then is the advice; default 120. */
  readonly mostS?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** Sets of values that a statement is tried with where its own are not known. */
const EXAMPLES = 3;
const LEAST_SHARE = 0.01;
const ROUNDS = 25;
const BUDGET_MS = 40;
const MOST_CANDIDATES = 60;
const MOST_S = 120;
/** Of the time, what running each statement as it is takes at most, however many there are. */
const FIRST_SHARE = 0.1;

interface ReadStatement {
  readonly statement: TrialStatement;
  readonly uses: readonly TableUse[];
}

/**
 * Which indexes would make a workload faster, found as SQLite's own expert extension begins: every candidate is built on a copy of the database,
 * and the planner chooses among them. Then the workload is run: an index is kept only while it saves measured time, writing it included, beside
 * those that were chosen before it, and still does once all are chosen.
 *
 * @param file the database, which is only read
 * @throws EdgeError E_OUTPUT where it cannot be read
 */
export function adviseSqlite(
  file: string,
  workload: readonly WorkloadStatement[],
  options: AdviseOptions = {},
): Advice {
  const mostMs = (options.mostS ?? MOST_S) * 1000;
  const end = performance.now() + mostMs;
  const isOver = (): boolean => performance.now() > end;
  const bench = new Workbench(file, options);
  try {
    const schema = readSchema(bench.sqlite);
    const unread: { sql: string; why: string }[] = [];
    // nobody changes the copy
    const rows = new Map<string, number>();
    const read = workload.flatMap((statement) => readStatement(statement, schema, bench, unread, rows));
    const statements = read.map(({ statement }) => statement);
    const runs = Math.max(1, sum(statements.map(({ examples }) => examples.length)));
    const budgetMs = Math.min(BUDGET_MS, (mostMs * FIRST_SHARE) / runs);
    const trials = new IndexTrials(bench, statements, new TrialCosts(bench, { rounds: ROUNDS, budgetMs }));
    build(trials, read, schema, tableFacts(bench), options);
    const moves = trials.moves(isOver);
    // only now: with the statistics that are known by now, which change plans without any index
    const before = trials.costs({ set: [] });
    const choice = new IndexChoice(
      trials.indexes,
      (index) => trials.bytes(index),
      options.leastShare ?? LEAST_SHARE,
      isOver,
    );
    const chosen = chosenWith(choice.best(moves), trials);
    const cutShort = isOver();
    const names = candidateNames(
      chosen.map(({ candidate }) => candidate),
      bench.names(),
    );
    const create = chosen.map((index) => toCreate(index, trials, bench, before, chosen, names));
    const after = trials.costs({ set: chosen });
    return {
      create: create.sort((a, b) => b.savesMs - a.savesMs),
      drop: needlessIndexes(bench, schema, statements, names),
      beforeMs: sum(before),
      afterMs: sum(after),
      unread,
      tried: trials.indexes.length,
      how: 'measured on a copy',
      cutShort,
    };
  } catch (cause) {
    throw databaseTrouble(file, 'tried on a copy', cause);
  } finally {
    bench.close();
  }
}

function readStatement(
  { sql, count, examples = [] }: WorkloadStatement,
  schema: Schema,
  bench: Workbench,
  unread: { sql: string; why: string }[],
  rows: Map<string, number>,
): ReadStatement[] {
  if (isWithoutRows(sql)) {
    unread.push({ sql, why: 'it neither reads nor writes rows' });
    return [];
  }
  const use = statementUse(sql, schema);
  if (use === null) {
    unread.push({ sql, why: 'it is no statement that SQLite can read' });
    return [];
  }
  try {
    const values =
      examples.length > 0
        ? examples.slice(0, EXAMPLES).map((values) => listedParameters(use.parameters, values))
        : sampleParameters(use.parameters, bench.sqlite, EXAMPLES, rows);
    const runnables = values.map((parameters) => ({ sql, parameters }));
    for (const runnable of runnables) bench.plan(runnable);
    const tables = new Set(use.uses.map(({ table }) => table));
    return [
      { statement: { sql, count, examples: runnables, writes: use.writes, sets: use.sets, tables }, uses: use.uses },
    ];
  } catch (error) {
    unread.push({ sql, why: whyNot(error, bench) });
    return [];
  }
}

/** Of a table that the copy has not, the reason is why. */
function whyNot(error: unknown, { leftOut }: Workbench): string {
  const absent = /^no such table: (?:main\.)?(.*)$/.exec((error as Error).message)?.[1]?.toLowerCase();
  const [table, why] = [...leftOut].find(([name]) => name.toLowerCase() === absent) ?? [];
  return table === undefined ? explain(error) : `${table} is not on the copy: ${why}`;
}

/** Builds the candidates of all statements, those of the most expensive first. */
function build(
  trials: IndexTrials,
  read: readonly ReadStatement[],
  schema: Schema,
  facts: TableFacts,
  { mostCandidates = MOST_CANDIDATES, onProgress }: AdviseOptions,
): void {
  const costs = trials.costs({ set: [] });
  const order = read.map(({ uses }, index) => ({ uses, cost: costs[index]! })).sort((a, b) => b.cost - a.cost);
  const lists = order.map(({ uses }) => uses.flatMap((use) => candidatesOf(use, schema, facts)));
  const candidates = takeInTurn(lists, mostCandidates);
  for (const [index, candidate] of candidates.entries()) {
    trials.build(candidate);
    onProgress?.(index + 1, candidates.length);
  }
}

function toCreate(
  index: TrialIndex,
  trials: IndexTrials,
  bench: Workbench,
  before: readonly number[],
  chosen: IndexSet,
  names: ReadonlyMap<IndexCandidate, string>,
): IndexToCreate {
  const { candidate } = index;
  const name = names.get(candidate)!;
  const without = trials.total(chosen.filter((other) => other !== index));
  const after = trials.costs({ set: chosen });
  const statements = trials.statements.flatMap((statement, at) => {
    const plan = bench.plan(statement.examples[0]!);
    if (!trials.namedIn(plan).includes(index.name)) return [];
    const beforeMs = before[at]! / statement.count;
    const afterMs = after[at]! / statement.count;
    return [
      {
        sql: statement.sql,
        beforeMs,
        afterMs,
        plan: trials.renamed(plan, names),
      },
    ];
  });
  return {
    sql: createStatement(candidate, name),
    name,
    candidate,
    savesMs: without - sum(after),
    bytes: trials.bytes(index),
    statements: statements.sort((a, b) => b.beforeMs - b.afterMs - (a.beforeMs - a.afterMs)),
  };
}
