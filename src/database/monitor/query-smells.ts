import { type AstNode, type Expr, parseStatement, type Stmt, traverse } from '../sql/parser.js';
import { Schema } from '../sql/schema.js';
import { statementUse } from '../sql/statement-use.js';
import type { QueryStatistics } from './query-record.js';
import { fullScan, functionOnColumn, noLimit, type QuerySmell, selectStar, temporarySort } from './query-smell.js';

const MANY_ERRORS = 0.05;

/**
 * What is wrong with a query, by its text, its plan and its numbers.
 *
 * @param schema null: only what text and numbers tell
 */
export function querySmells(query: QueryStatistics, schema: Schema | null): QuerySmell[] {
  const stmt = parseStatement(query.text.replaceAll('(?, ...)', '(?)').replaceAll('), ...', ')'));
  return [
    ...smellsOfPlan(query),
    ...(stmt === null ? [] : smellsOfText(stmt, query, schema)),
    ...smellsOfNumbers(query),
  ];
}

function smellsOfPlan({ plan }: QueryStatistics): QuerySmell[] {
  return (plan ?? []).flatMap((line): QuerySmell[] => {
    const step = line.trim();
    const scanned = /^SCAN (?!CONSTANT|\d+ CONSTANT|SUBQUERY|\()(\S+)(?! VIRTUAL)(.*)$/.exec(step);
    if (scanned !== null && !/USING (COVERING )?INDEX|VIRTUAL TABLE/.test(scanned[2]!)) {
      return [fullScan(scanned[1]!)];
    }
    const sorted = /^USE TEMP B-TREE FOR (?:LAST \d+ TERMS? OF |LAST TERM OF )?(.+)$/.exec(step);
    if (sorted !== null) return [temporarySort(`for ${sorted[1]}`)];
    const made = /AUTOMATIC (?:PARTIAL )?(?:COVERING )?INDEX \((.+?)[)=]/.exec(step);
    if (made !== null) {
      return [
        {
          code: 'automatic-index',
          seen: `makes an index on ${made[1]} at each call, and throws it away`,
          remedy: `make that index once: CREATE INDEX on (${made[1]})`,
        },
      ];
    }
    return [];
  });
}

function smellsOfText(stmt: Stmt, query: QueryStatistics, schema: Schema | null): QuerySmell[] {
  const found: QuerySmell[] = [];
  const indexed = new Set(
    schema?.tables.flatMap(({ indexes }) =>
      indexes.flatMap(({ columns }) => columns.map(({ name }) => name?.toLowerCase())),
    ),
  );
  traverse(stmt, {
    nodes: {
      FunctionCallExpr: (node, parent) => {
        const column = node.args?.map(nameOf).find((name) => name !== null && indexed.has(name.toLowerCase()));
        if (column === undefined || column === null || !compares(parent)) return;
        found.push(functionOnColumn(node.name.name, column));
      },
    },
  });
  if (stmt.type === 'SelectStmt') {
    const { select, limit } = stmt.body;
    const starred = select.type === 'SelectFrom' && select.columns.some(({ type }) => type !== 'ExprResultColumn');
    if (starred) found.push(...selectStar(statementUse(query.text, schema ?? NO_SCHEMA)?.uses ?? [], schema));
    if (limit === undefined) found.push(...noLimit(query));
  }
  return found;
}

/** What the numbers of a query alone tell. */
function smellsOfNumbers({ text, bursts, calls, locked, errors }: QueryStatistics): QuerySmell[] {
  const found: QuerySmell[] = [];
  if (/\b(LIKE|GLOB) '%\?'/i.test(text)) found.push(WILDCARD);
  if (bursts > 0 && /^SELECT\b/i.test(text)) {
    found.push({
      code: 'one-by-one',
      seen: `came ten times in a row or more, ${bursts} time${bursts === 1 ? '' : 's'}: one query for each row of another`,
      remedy: 'one query for all of them: a JOIN, or WHERE key IN (...)',
    });
  }
  if (locked > 0) {
    found.push({
      code: 'lock-waits',
      seen: `found the database locked ${locked} of ${calls} times`,
      remedy: 'journal_mode = WAL, a busy_timeout, and shorter transactions of whoever writes',
    });
  } else if (calls > 0 && errors / calls >= MANY_ERRORS) {
    found.push({
      code: 'many-errors',
      seen: `failed ${errors} of ${calls} times`,
      remedy: 'look at the errors where they are caught: a query that fails is paid for too',
    });
  }
  return found;
}

const NO_SCHEMA = new Schema([]);

const compares = (node: AstNode | undefined): boolean =>
  node?.type === 'BinaryExpr'
    ? /^(Equals|Is|Less|Greater)/.test(node.op)
    : node?.type === 'BetweenExpr' || node?.type === 'InListExpr' || node?.type === 'LikeExpr';

function nameOf(expr: Expr): string | null {
  if (expr.type === 'QualifiedExpr') return expr.column.text;
  if (expr.type === 'NameExpr') return expr.name.text;
  return expr.type === 'Id' ? expr.name : null;
}

const WILDCARD: QuerySmell = {
  code: 'leading-wildcard',
  seen: 'LIKE with a pattern that begins with %: no index finds that',
  remedy: 'full-text search (FTS5; pg_trgm on PostgreSQL), or a pattern with a beginning',
};
