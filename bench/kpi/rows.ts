import type { BenchReport, Cell } from '../harness/report.js';
import { round } from '../harness/statistics.js';
import type { FourCameras } from './goals.js';
import type { Outcome } from './outcome.js';

export type Row = BenchReport['rows'][number];

const MIB = 2 ** 20;

/**
 * A contender's row of a clip: what fits a line; the report's `clips` has the rest. Shares in percent.
 *
 * @param outcome null where it failed in every round @param failure why it failed in some of its rounds
 */
export function rowOf(clip: string, outcome: Outcome | null, failure: string | null): Row {
  return {
    clip,
    'noInfer%': percent(outcome?.withoutInference),
    'propag%': percent(outcome?.shares.propagated),
    'memory%': percent(outcome?.shares['reused-memory']),
    'disk%': percent(outcome?.shares['reused-disk']),
    f1: rounded(outcome?.f1),
    recall: rounded(outcome?.recall),
    class: rounded(outcome?.sameClass),
    audit: rounded(outcome?.estimatedF1),
    truthF1: rounded(outcome?.truthF1),
    idSwitch: outcome?.idSwitches ?? null,
    meanMs: rounded(outcome?.meanMs),
    p95Ms: rounded(outcome?.p95Ms),
    fps: rounded(outcome?.fps),
    cpuPer1000: rounded(outcome?.cpuPer1000),
    pacedCpu: rounded(outcome?.pacedCpuPer1000),
    rssMiB: rounded(outcome?.peakRss, MIB),
    ...(failure !== null && { failed: shortened(failure) }),
  };
}

/** What decoding alone takes of a clip. @param cpuPer1000 at the clip's own rate; null where it could not be measured */
export function decodingRow(clip: string, cpuPer1000: number | null): Row {
  return { ...rowOf(`${clip} decoding`, null, null), pacedCpu: rounded(cpuPer1000) };
}

/** Peak memory with four cameras. */
export function cameraRows({ naive, full }: FourCameras): Row[] {
  const row = (clip: string, memory: FourCameras['naive']): Row[] =>
    memory ? [{ clip, rssMiB: rounded(memory.rss, MIB), pssMiB: rounded(memory.pss, MIB) }] : [];
  return [...row('4 cameras naive', naive), ...row('4 cameras full', full)];
}

/** Share without inference and F1 of one accuracy floor on one clip. */
export interface CurvePoint {
  readonly clip: string;
  readonly floor: number;
  readonly withoutInference: number;
  readonly f1: number | null;
}

/** One row per clip, one column per floor: `share without inference in percent / F1`. */
export function curveRows(points: readonly CurvePoint[]): Row[] {
  const clips = [...new Set(points.map(({ clip }) => clip))];
  return clips.map((clip) => {
    const own = points.filter((point) => point.clip === clip);
    const cells = own.map(({ floor, withoutInference, f1 }) => [
      `floor ${floor}`,
      `${(withoutInference * 100).toFixed(1)} / ${f1 === null ? '-' : f1.toFixed(3)}`,
    ]);
    return { clip, ...(Object.fromEntries(cells) as Record<string, Cell>) };
  });
}

const shortened = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)} …` : text);
const percent = (share: number | undefined): number | null =>
  share === undefined ? null : Math.round(share * 1000) / 10;
const rounded = (value: number | null | undefined, unit = 1): number | null =>
  value === null || value === undefined ? null : round(value / unit);
