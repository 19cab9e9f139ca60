import { type BenchReport, type Cell, type Goal, subjectOf } from './report.js';

type Rows = BenchReport['rows'];

/** Rows as an aligned text table; columns in the order in which they first appear. */
export function table(rows: Rows): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => show(row[column] ?? null)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) => line.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n');
}

/** The tables of a report, in the order in which their rows appear; each has only the columns of its own rows. */
export function tablesOf({ rows, tableFor }: Pick<BenchReport, 'rows' | 'tableFor'>): string {
  if (tableFor === undefined) return table(rows);
  const groups = new Map<Cell, Rows[number][]>();
  for (const row of rows) {
    const { [tableFor]: value = null, ...cells } = row;
    groups.set(value, [...(groups.get(value) ?? []), cells]);
  }
  return [...groups].map(([value, group]) => `${tableFor} ${show(value)}:\n${table(group)}`).join('\n\n');
}

/** The same table with `now (was, change)` in the numeric cells of rows that are about the same subject. */
export function comparisonTable(rows: Rows, earlier: Rows): string {
  return table(rows.map((row) => ({ ...row, ...changes(row, matching(row, earlier)) })));
}

/** One line per goal: `met`, `MISSED` or `not measured`. */
export function goalLines(goals: readonly Goal[]): string {
  return goals
    .map(
      ({ name, value, goal, met }) =>
        `${met === null ? 'not measured' : met ? 'met' : 'MISSED'}: ${name} ${goal}, is ${show(value)}`,
    )
    .join('\n');
}

function matching(row: Rows[number], earlier: Rows): Rows[number] | undefined {
  return earlier.find((other) => subjectOf(other) === subjectOf(row));
}

function changes(row: Rows[number], was: Rows[number] | undefined): Record<string, Cell> {
  const changed: Record<string, Cell> = {};
  for (const [column, now] of Object.entries(row)) {
    const before = was?.[column];
    if (typeof now !== 'number' || typeof before !== 'number' || before === 0) continue;
    const percent = ((now - before) / before) * 100;
    changed[column] = `${show(now)} (${show(before)}, ${percent >= 0 ? '+' : ''}${percent.toFixed(0)} %)`;
  }
  return changed;
}

function show(cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell !== 'number' || Number.isInteger(cell)) return String(cell);
  return cell.toFixed(Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 3);
}
