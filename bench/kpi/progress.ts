import { table } from '../harness/table.js';
import { type ClipOutcome, ratio } from './goals.js';
import type { Row } from './rows.js';

/** What a clip came to, in a line. */
export function clipLine({ full, naive }: ClipOutcome): string {
  if (full === null) return 'no figures of this program';
  const share = `${(full.withoutInference * 100).toFixed(1)} % without inference`;
  const latency = ratio(full.meanMs, naive?.meanMs ?? null);
  return `${share}, F1 ${shown(full.f1)}, mean latency ${shown(latency)} of the naive script's`;
}

/** What a run that was ended in its midst leaves: the rows of the clips so far. @param planned clips that were to be measured */
export function unfinished(rows: readonly Row[], measured: number, planned: number): string {
  if (measured === 0) return 'ended before a clip was measured\n';
  return `\nended before its end; of ${measured} of ${planned} clips, kept nowhere:\n${table(rows)}\n`;
}

const shown = (value: number | null): string => value?.toFixed(3) ?? 'not measured';
