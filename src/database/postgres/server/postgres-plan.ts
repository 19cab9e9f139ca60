import type { PostgresConnection } from './postgres-connection.js';

/** A smaller table is read whole sooner than by an index: how it is read says nothing. */
export const SMALL_ROWS = 1000;

/** A step of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Parent Relationship'?: string;
  readonly 'Relation Name'?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Scan Direction'?: string;
  readonly 'Join Type'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'Hash Cond'?: string;
  readonly 'Merge Cond'?: string;
  readonly 'Join Filter'?: string;
  readonly Filter?: string;
  readonly 'Sort Key'?: readonly string[];
  readonly 'Group Key'?: readonly string[];
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A plan with what the planner believes it costs, or what it took. */
export interface PostgresPlan {
  readonly root: PlanNode;
  /** Of the planner's units: 1 is a page read in order. */
  readonly cost: number;
  /** ms; null where it was only planned. */
  readonly ms: number | null;
}

interface ExplainRow extends Readonly<Record<string, unknown>> {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode; readonly 'Execution Time'?: number }];
}

/** @throws PostgresError where the statement cannot be planned */
export async function explained(connection: PostgresConnection, sql: string, options = ''): Promise<PostgresPlan> {
  const rows = await connection.rows<ExplainRow>(`EXPLAIN (FORMAT JSON${options}) ${sql}`);
  const { Plan: root, 'Execution Time': ms } = rows[0]!['QUERY PLAN'][0];
  return { root, cost: root['Total Cost'], ms: ms ?? null };
}

/**
 * The plan of a statement whatever the values of its parameters are: what a server takes for a prepared one.
 *
 * @param parameters how many it has
 * @throws PostgresError where it cannot be planned
 */
export async function genericPlan(
  connection: PostgresConnection,
  sql: string,
  parameters: number,
): Promise<PostgresPlan> {
  if (parameters === 0) return explained(connection, sql);
  if (connection.version >= 160_000) return explained(connection, sql, ', GENERIC_PLAN');
  await connection.run('SET plan_cache_mode = force_generic_plan');
  try {
    await connection.run(`PREPARE edge_plan AS ${sql}`);
    try {
      return await explained(connection, `EXECUTE edge_plan(${Array(parameters).fill('NULL').join(', ')})`);
    } finally {
      await connection.run('DEALLOCATE edge_plan');
    }
  } finally {
    await connection.run('RESET plan_cache_mode');
  }
}

/** Each step, the outermost first. */
export function planNodes(root: PlanNode): PlanNode[] {
  return [root, ...(root.Plans ?? []).flatMap(planNodes)];
}

/** Rows that the outermost step goes through: a statement that changes rows changes one at least, else it would not be asked. */
export const changedRows = ({ root }: PostgresPlan): number =>
  Math.max(1, root.Plans?.[0]?.['Plan Rows'] ?? root['Plan Rows']);

/** Names of the indexes that it reads. */
export const indexesIn = ({ root }: PostgresPlan): string[] =>
  planNodes(root).flatMap(({ 'Index Name': name }) => name ?? []);

/** A line for each step, indented as they lie within another, as `EXPLAIN` writes them. */
export function planLines({ root }: PostgresPlan): string[] {
  const lines = (node: PlanNode, depth: number): string[] => [
    `${'  '.repeat(depth)}${lineOf(node)}`,
    ...(node.Plans ?? []).flatMap((inner) => lines(inner, depth + 1)),
  ];
  return lines(root, 0);
}

function lineOf(node: PlanNode): string {
  const { 'Relation Name': table, Alias: alias, 'Index Name': index, 'Scan Direction': direction } = node;
  const details = [
    ['Index Cond', node['Index Cond']],
    ['Filter', node.Filter],
    ['Hash Cond', node['Hash Cond']],
    ['Merge Cond', node['Merge Cond']],
    ['Join Filter', node['Join Filter']],
    ['Sort Key', node['Sort Key']?.join(', ')],
    ['Group Key', node['Group Key']?.join(', ')],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [
    node['Node Type'],
    ...(direction === 'Backward' ? ['backward'] : []),
    ...(index === undefined ? [] : [`using ${index}`]),
    ...(table === undefined ? [] : [`on ${table}${alias === undefined || alias === table ? '' : ` ${alias}`}`]),
    `(rows ${node['Plan Rows']}, cost ${node['Total Cost']})`,
    details.join('; '),
  ]
    .filter((part) => part !== '')
    .join(' ');
}
