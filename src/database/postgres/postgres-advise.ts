import { explain } from '../../foundation/errors.js';
import { sum } from '../../foundation/statistics.js';
import type { Advice, IndexToCreate, IndexToDrop } from '../advisor/advice.js';
import { candidateName, candidatesOf, takeInTurn } from '../advisor/candidates.js';
import { chosenBy, IndexChoice, type IndexSet, type TrialIndex } from '../advisor/index-choice.js';
import { indexInstead } from '../advisor/redundant-index.js';
import type { WorkloadStatement } from '../advisor/workload.js';
import { tablesOf } from '../sql/table-use.js';
import { type PostgresDatabase, withPostgres } from './postgres-database.js';
import { dropStatement, idleIndexes } from './server/idle-indexes.js';
import { extensionSchema, type PostgresCatalog } from './server/postgres-catalog.js';
import type { PostgresConnection } from './server/postgres-connection.js';
import { explained, indexesIn } from './server/postgres-plan.js';
import { foreignKeyWorkload } from './statements/foreign-key-workload.js';
import { type ReadWorkload, readStatements, serverWorkload } from './statements/postgres-workload.js';
import type { RunnableStatement } from './statements/run-postgres-workload.js';
import { readServerStatements, type ServerStatements } from './statements/server-statements.js';
import { HypotheticalIndexes } from './trials/hypothetical-indexes.js';
import { concurrently, indexStatement } from './trials/index-statement.js';
import type { PlannerBench } from './trials/planner-bench.js';
import { FIXED_MS, PostgresTrials, type PricedStatement } from './trials/postgres-trials.js';
import { SampledCopy } from './trials/sampled-copy.js';

/** How indexes for a server are looked for. */
export interface PostgresAdviseOptions {
  /** None: what the server counted itself, by pg_stat_statements; where it does not, what its foreign keys tell. */
  readonly workload?: readonly WorkloadStatement[];
  /** Indexes that are tried at most; default 60, those of the most expensive statements first. */
  readonly mostCandidates?: number;
  /** An index that saves less of the time that is left of the workload is not worth a line; default 0.01. */
  readonly leastShare?: number;
  /** Seconds after which the best of what was tried by then is the advice; default 120. */
  readonly mostS?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

/** An advice with what it was made for. */
export interface PostgresAdvice {
  readonly advice: Advice;
  readonly workload: readonly WorkloadStatement[];
  /** Where that is from, for people. */
  readonly from: string;
  /** What could not be found out. */
  readonly notes: readonly string[];
}

const UNCOUNTED: ServerStatements = { statements: null, notes: [] };
const LEAST_SHARE = 0.01;
const MOST_CANDIDATES = 60;
const MOST_S = 120;
/** Kinds of statements that are looked at, those of most time first. */
const MOST_STATEMENTS = 100;
/** ms that a unit of the planner's takes where nobody has measured: a page of 8 KiB in memory, and the rows of it. */
const UNIT_MS = 0.01;

/**
 * Which indexes would make a workload on a server faster. The planner is asked: with hypothetical indexes where hypopg is installed, else with
 * real ones on temporary tables of a part of the rows. Where the server has counted how long a statement takes, its costs are held against that.
 *
 * @param target `postgres://user@host:5432/dbname`; its tables are only read
 * @throws ConfigError for a wrong address or missing packages, EdgeError E_OUTPUT where the server cannot be reached or indexes cannot be tried
 */
export function advisePostgres(target: string, options: PostgresAdviseOptions = {}): Promise<PostgresAdvice> {
  return withPostgres(target, { applicationName: 'edge-optimizer db advise' }, (database) =>
    connectedAdvice(database, options),
  );
}

/** As `advisePostgres`, of a database that is connected with already. */
export async function connectedAdvice(
  database: PostgresDatabase,
  options: PostgresAdviseOptions,
): Promise<PostgresAdvice> {
  const { connection, catalog, grammar } = database;
  const counted = options.workload === undefined ? await readServerStatements(connection, catalog, grammar) : UNCOUNTED;
  const statements = (counted.statements ?? []).slice(0, MOST_STATEMENTS);
  const isKnown = options.workload !== undefined || statements.length > 0;
  const workload = isKnown
    ? (options.workload ?? serverWorkload(statements))
    : await foreignKeyWorkload(connection, catalog);
  const measuredMs = new Map(statements.map(({ sql, totalMs, calls }) => [sql, totalMs / Math.max(1, calls)]));
  const changed = new Map(statements.map(({ sql, rows, calls }) => [sql, rows / Math.max(1, calls)]));
  const read = await readStatements(database, workload);
  const used = await usedIndexes(connection, read.statements);
  const schema = await extensionSchema(connection, 'hypopg');
  const bench =
    schema === null
      ? await SampledCopy.of(database, tablesOf(read.statements.map(({ use }) => use)))
      : new HypotheticalIndexes(database, schema);
  try {
    const unread = [...read.unread];
    const priced = await pricedStatements(bench, read.statements, { measuredMs, changed, unread });
    const advice = await adviceFor(database, bench, { ...read, statements: priced, unread, used }, options);
    const from =
      options.workload === undefined ? (isKnown ? 'pg_stat_statements' : 'its foreign keys') : 'its workload';
    return { advice, workload, from, notes: counted.notes };
  } finally {
    await bench.close().catch(() => undefined);
  }
}

interface Prices {
  readonly measuredMs: ReadonlyMap<string, number>;
  /** Rows of a run, by statement. */
  readonly changed: ReadonlyMap<string, number>;
  readonly unread: { readonly sql: string; readonly why: string }[];
}

/** Plans each text once; one that cannot be planned is left out. */
async function pricedStatements(
  bench: PlannerBench,
  statements: readonly RunnableStatement[],
  { measuredMs, changed, unread }: Prices,
): Promise<PricedStatement[]> {
  const priced: PricedStatement[] = [];
  for (const statement of statements) {
    const texts: string[] = [];
    let [units, rows, why] = [0, 1, ''];
    for (const text of statement.texts) {
      try {
        const plan = await bench.plan(text, new Set());
        units += plan.cost;
        rows = Math.max(rows, plan.rows);
        texts.push(text);
      } catch (error) {
        why = explain(error);
      }
    }
    if (texts.length === 0) {
      unread.push({ sql: statement.sql, why });
      continue;
    }
    const ms = measuredMs.get(statement.sql);
    const unitMs = ms === undefined || units === 0 ? UNIT_MS : Math.max(0, ms - FIXED_MS) / (units / texts.length);
    priced.push({ ...statement, texts, unitMs, changed: changed.get(statement.sql) ?? rows });
  }
  return priced;
}

/** Names of the indexes that the workload is planned with as it is, without their schemas. */
async function usedIndexes(
  connection: PostgresConnection,
  statements: readonly RunnableStatement[],
): Promise<Set<string>> {
  const used = new Set<string>();
  for (const text of statements.flatMap(({ texts }) => texts)) {
    const plan = await explained(connection, text).catch(() => null);
    for (const name of plan === null ? [] : indexesIn(plan)) used.add(name);
  }
  return used;
}

interface PricedWorkload extends ReadWorkload {
  readonly statements: readonly PricedStatement[];
  readonly used: ReadonlySet<string>;
}

async function adviceFor(
  { catalog }: PostgresDatabase,
  bench: PlannerBench,
  { statements, statistics, unread, used }: PricedWorkload,
  { mostCandidates = MOST_CANDIDATES, leastShare = LEAST_SHARE, mostS = MOST_S, onProgress }: PostgresAdviseOptions,
): Promise<Advice> {
  const end = performance.now() + mostS * 1000;
  const isOver = (): boolean => performance.now() > end;
  const trials = new PostgresTrials(bench, statements);
  const before = await trials.costs({ set: [] });
  const order = statements.map(({ use }, at) => ({ use, cost: before[at]! })).sort((a, b) => b.cost - a.cost);
  const lists = order.map(({ use }) => use.uses.flatMap((one) => candidatesOf(one, catalog.schema, statistics)));
  const candidates = takeInTurn(lists, mostCandidates);
  for (const [at, candidate] of candidates.entries()) {
    await trials.build(candidate);
    onProgress?.(at + 1, candidates.length);
  }
  const moves = await trials.moves();
  const choice = new IndexChoice(trials.indexes, trials.bytes, leastShare, isOver);
  const chosen = await chosenBy(choice.best(moves), trials);
  const cutShort = isOver();
  const after = await trials.costs({ set: chosen });
  const create: IndexToCreate[] = [];
  for (const index of chosen) create.push(await toCreate(index, trials, catalog, { before, after, chosen }));
  return {
    create: create.sort((a, b) => b.savesMs - a.savesMs),
    drop: needlessIndexes(catalog, used, chosen),
    beforeMs: sum(before),
    afterMs: sum(after),
    unread,
    tried: trials.tried,
    how: bench.how,
    cutShort,
  };
}

interface Chosen {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly chosen: IndexSet;
}

async function toCreate(
  index: TrialIndex,
  trials: PostgresTrials,
  catalog: PostgresCatalog,
  { before, after, chosen }: Chosen,
): Promise<IndexToCreate> {
  const { candidate } = index;
  const without = sum(await trials.costs({ set: chosen.filter((other) => other !== index) }));
  const names = new Map(trials.indexes.map((one) => [one.name, candidateName(one.candidate)]));
  const statements: IndexToCreate['statements'][number][] = [];
  for (const [at, statement] of trials.statements.entries()) {
    for (const text of statement.texts) {
      const plan = await trials.plan(statement, text, chosen);
      if (!plan.indexes.includes(index.name)) continue;
      statements.push({
        sql: statement.sql,
        beforeMs: before[at]! / statement.count,
        afterMs: after[at]! / statement.count,
        plan: plan.lines.map((line) => line.replace(/edge_candidate_\d+/g, (name) => names.get(name) ?? name)),
      });
      break;
    }
  }
  return {
    sql: concurrently(indexStatement(candidate, catalog.sqlOf(candidate.table))),
    name: candidateName(candidate),
    candidate,
    savesMs: without - sum(after),
    bytes: trials.bytes(index),
    statements: statements.sort((a, b) => b.beforeMs - b.afterMs - (a.beforeMs - a.afterMs)),
  };
}

/** What the server keeps up for nothing, as far as the workload does not need it either, and what the chosen ones make needless. */
function needlessIndexes(catalog: PostgresCatalog, used: ReadonlySet<string>, chosen: IndexSet): IndexToDrop[] {
  const idle = idleIndexes(catalog, used);
  const replaced = catalog.indexes.flatMap((index): IndexToDrop[] => {
    const { name, table, bytes, constraint, unique, valid } = index;
    if (constraint || unique || !valid || idle.some((other) => other.name === name)) return [];
    const all = catalog.schema.table(table)?.indexes ?? [];
    const own = all.find((other) => other.name === name);
    const candidates = chosen.map(({ candidate }) => candidate);
    const instead = own === undefined ? null : indexInstead(own, all, candidates);
    return instead === null ? [] : [{ sql: dropStatement(index), name, table, why: 'redundant', instead, bytes }];
  });
  return [...idle, ...replaced];
}
