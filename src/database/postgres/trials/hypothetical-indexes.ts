import type { IndexCandidate } from '../../advisor/candidates.js';
import type { PostgresDatabase } from '../postgres-database.js';
import type { PostgresRow } from '../server/postgres-connection.js';
import { changedRows, explained, indexesIn, planLines } from '../server/postgres-plan.js';
import { indexStatement } from './index-statement.js';
import type { BenchPlan, PlannerBench } from './planner-bench.js';

interface MadeIndex extends PostgresRow {
  readonly oid: string;
  readonly name: string;
  readonly bytes: number;
}

/** Indexes that exist for the planner of our session alone, by the extension hypopg: nothing is written, nobody sees them. */
export class HypotheticalIndexes implements PlannerBench {
  readonly how = 'reckoned by the planner with hypothetical indexes (hypopg)';
  readonly #database: PostgresDatabase;
  readonly #schema: string;
  readonly #statements = new Map<string, string>();
  /** Those that are there now. */
  readonly #shown = new Map<string, MadeIndex>();

  /** @param schema where hypopg's functions are */
  constructor(database: PostgresDatabase, schema: string) {
    this.#database = database;
    this.#schema = schema;
  }

  async build(name: string, candidate: IndexCandidate): Promise<number | null> {
    const { catalog } = this.#database;
    this.#statements.set(name, indexStatement(candidate, catalog.sqlOf(candidate.table), name));
    try {
      return (await this.#make(name)).bytes;
    } catch {
      this.#statements.delete(name);
      return null;
    }
  }

  async plan(text: string, shown: ReadonlySet<string>): Promise<BenchPlan> {
    for (const [name, { oid }] of this.#shown) {
      if (shown.has(name)) continue;
      await this.#database.connection.run(`SELECT ${this.#schema}.hypopg_drop_index(${oid})`);
      this.#shown.delete(name);
    }
    for (const name of shown) if (!this.#shown.has(name)) await this.#make(name);
    const names = new Map([...this.#shown].map(([name, made]) => [made.name, name]));
    const plan = await explained(this.#database.connection, text);
    return {
      cost: plan.cost,
      indexes: indexesIn(plan).map((name) => names.get(name) ?? name),
      lines: planLines(plan).map((line) => line.replace(/<\d+>\w+/g, (name) => names.get(name) ?? name)),
      rows: changedRows(plan),
    };
  }

  async forget(name: string): Promise<void> {
    this.#statements.delete(name);
  }

  async close(): Promise<void> {
    await this.#database.connection.run(`SELECT ${this.#schema}.hypopg_reset()`);
  }

  async #make(name: string): Promise<MadeIndex> {
    const rows = await this.#database.connection.rows<MadeIndex>(
      `SELECT indexrelid::text AS oid, indexname AS name, ${this.#schema}.hypopg_relation_size(indexrelid)::float8 AS bytes FROM ${this.#schema}.hypopg_create_index($1)`,
      [this.#statements.get(name)!],
    );
    this.#shown.set(name, rows[0]!);
    return rows[0]!;
  }
}
