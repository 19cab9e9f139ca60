import { markdownCell } from '../../foundation/markup.js';
import type { ReportTable } from './day-tables.js';

/** A table in Markdown beneath its heading; without rows what is said instead, or nothing. */
export function markdownTable({ title, head, rows, none, say = [], left = [] }: ReportTable): string[] {
  if (rows.length === 0) return none === undefined ? [] : [`## ${title}`, none];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => markdownCell(cell)).join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 || say.includes(index) || left.includes(index) ? '---' : '---:')).join('|')}|`;
  return [`## ${markdownCell(title)}`, [line(head), rule, ...rows.map(line)].join('\n')];
}
