import { quantile } from '../../src/foundation/statistics.js';
import type { RunRecord } from './record.js';
import { type Row, subjectOf } from './report.js';
import { median } from './statistics.js';
import { table } from './table.js';

/** Changes below this are never called one: what a machine that does nothing else moves by from run to run. */
const LEAST_TOLERANCE = 0.05;
const MOST_LISTED = 12;
/** Columns that say how it was measured. */
const SETTINGS = ['threads', 'rounds', 'frames', 'vehicles', 'configurations'];

/** One figure beside the published one. */
interface Ratio {
  readonly subject: string;
  readonly column: string;
  readonly now: number;
  readonly was: number;
}

/** A run beside the published figures, for people: what differs around them, the ratios, and which moved beyond the noise. */
export function comparison(run: RunRecord, published: RunRecord): string {
  const ratios = ratiosOf(run.rows, published.rows);
  const paragraphs = [
    `${run.name}: the run of ${when(run)} beside the figures published ${when(published)}`,
    differences(run, published).join('\n'),
    ratios.length > 0 ? `now / published:\n${ratioTable(run.rows, ratios)}` : 'no figure can be compared',
    ratios.length > 0 ? verdict(ratios, toleranceOf(ratios, [...run.rows, ...published.rows])) : '',
    unmatched(run.rows, published.rows),
  ];
  return paragraphs.filter((text) => text !== '').join('\n\n');
}

/** What is not the same around the two: a difference in the figures may be no more than that. */
export function differences(run: RunRecord, published: RunRecord): string[] {
  const lines: string[] = [];
  const spell = (args: RunRecord['args']) => (args === undefined ? 'not recorded' : args.join(' ') || 'none');
  if (spell(run.args) !== spell(published.args)) {
    lines.push(`arguments differ: ${spell(run.args)} (published: ${spell(published.args)})`);
  }
  for (const [what, now, was] of [
    ['machine differs', run.machine, published.machine],
    ['versions differ', run.versions ?? {}, published.versions ?? {}],
  ] as const) {
    for (const key of new Set([...Object.keys(now), ...Object.keys(was)])) {
      if (now[key] === was[key]) continue;
      lines.push(`${what}: ${key} ${now[key] ?? 'not recorded'} (published: ${was[key] ?? 'not recorded'})`);
    }
  }
  return lines;
}

/**
 * By what factor a figure may move without meaning anything, as a share: what three quarters of the figures stray from the
 * median ratio of their column (of three rows or more), or what the rounds of one run spread by (columns ending in
 * `Spread`: largest less smallest, over the median), if that is more.
 */
export function toleranceOf(ratios: readonly Ratio[], rows: readonly Row[]): number {
  const strays = [...new Set(ratios.map(({ column }) => column))].flatMap((column) => {
    const logs = ratios.filter((ratio) => ratio.column === column).map(({ now, was }) => Math.log(now / was));
    return logs.length < 3 ? [] : logs.map((log) => Math.abs(log - median(logs)));
  });
  const spreads = rows.flatMap((row) =>
    Object.entries(row).flatMap(([column, cell]) =>
      column.endsWith('Spread') && typeof cell === 'number' ? [cell / 2] : [],
    ),
  );
  return Math.max(LEAST_TOLERANCE, Math.expm1(quantile(strays, 0.75) ?? 0), ...spreads);
}

/** Figures of rows about the same subject, where both are above 0. */
export function ratiosOf(rows: readonly Row[], published: readonly Row[]): Ratio[] {
  const earlier = new Map(published.map((row) => [subjectOf(row), row]));
  return rows.flatMap((row) => {
    const subject = subjectOf(row);
    return Object.entries(row).flatMap(([column, now]) => {
      const was = earlier.get(subject)?.[column];
      const both = typeof now === 'number' && typeof was === 'number' && now > 0 && was > 0;
      return both && !column.endsWith('Spread') && !SETTINGS.includes(column) ? [{ subject, column, now, was }] : [];
    });
  });
}

function ratioTable(rows: readonly Row[], ratios: readonly Ratio[]): string {
  const compared = rows.map(subjectOf).filter((subject) => ratios.some((ratio) => ratio.subject === subject));
  return table(
    compared.map((subject) => {
      const own = ratios.filter((ratio) => ratio.subject === subject);
      return { about: subject, ...Object.fromEntries(own.map(({ column, now, was }) => [column, now / was])) };
    }),
  );
}

function verdict(ratios: readonly Ratio[], tolerance: number): string {
  const distance = ({ now, was }: Ratio) => Math.abs(Math.log(now / was));
  const moved = ratios.filter((ratio) => distance(ratio) > Math.log1p(tolerance));
  const listed = moved.toSorted((a, b) => distance(b) - distance(a)).slice(0, MOST_LISTED);
  const lines = [
    `tolerance ${(tolerance * 100).toFixed(0)} %, from the spread of the figures themselves: ${moved.length} of ${ratios.length} moved by more${moved.length > 0 ? ':' : ''}`,
    ...listed.map(
      ({ subject, column, now, was }) => `  ${(now / was).toFixed(2)}  ${subject}: ${column} ${now}, was ${was}`,
    ),
  ];
  if (moved.length > listed.length) lines.push(`  and ${moved.length - listed.length} more in the table`);
  return lines.join('\n');
}

function unmatched(rows: readonly Row[], published: readonly Row[]): string {
  const [now, was] = [rows, published].map((some) => new Set(some.map(subjectOf)));
  const only = (some: Set<string>, other: Set<string>) => [...some].filter((subject) => !other.has(subject));
  return [['only in this run', only(now!, was!)] as const, ['only in the published figures', only(was!, now!)] as const]
    .filter(([, subjects]) => subjects.length > 0)
    .map(([where, subjects]) => `${where}: ${subjects.join('; ')}`)
    .join('\n');
}

function when({ at, commit }: RunRecord): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC${commit === undefined ? '' : ` (commit ${commit ?? 'unknown'})`}`;
}
