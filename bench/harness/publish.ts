import { join } from 'node:path';
import type { Benchmark } from '../benchmarks.js';
import { type RecordFolder, type RunRecord, readRecord, recordFile, writeRun } from './record.js';
import { subjectOf } from './report.js';

/** Options that make a run another one than that of the published figures; none: it may be published. */
export function partialBecauseOf(
  { publishedWith }: Pick<Benchmark, 'publishedWith'>,
  args: readonly string[],
): string[] {
  return args.flatMap((arg, i) => {
    if (!arg.startsWith('--')) return [];
    const [name, inline] = arg.split('=', 2) as [string, string?];
    const value = inline ?? args[i + 1];
    const least = publishedWith[name];
    if (least === 'any' || (least !== undefined && Number(value) >= least)) return [];
    return [least === undefined ? name : `${name} ${value} (less than ${least})`];
  });
}

/** Published rows that the run lacks, or has without figures because their contender failed. */
export function missingRows(run: RunRecord, published: RunRecord): string[] {
  const measured = new Set(run.rows.filter((row) => typeof row['failed'] !== 'string').map(subjectOf));
  return published.rows.map(subjectOf).filter((subject) => !measured.has(subject));
}

/**
 * Puts a run and the files that it left in place of the published figures, unless these have rows that the run lacks.
 *
 * @returns the rows that it lacks: nothing is changed where there are any
 */
export function publish(record: RunRecord, from: RecordFolder, to: RecordFolder): string[] {
  const published = readRecord(recordFile(to, record.name));
  const missing = published ? missingRows(record, published) : [];
  if (missing.length > 0) return missing;
  writeRun(to, record, join(from.path, record.name));
  return [];
}
