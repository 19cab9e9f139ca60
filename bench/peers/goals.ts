import type { Goal } from '../harness/report.js';
import { round } from '../harness/statistics.js';

/** A contender's row: medians over the rounds; null where it could not be measured here. */
export interface Row {
  readonly contender: string;
  /** Frames per second at full speed. */
  readonly fps: number | null;
  /** From a decoded frame in the program to its boxes, at the clip's own rate. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** CPU seconds for 1000 frames at full speed, all processes. */
  readonly cpuPer1000: number | null;
  /** Largest sum of resident sets of all processes. */
  readonly peakRssMiB: number | null;
  /** F1 of the boxes against the naive script's. */
  readonly agreement: number | null;
  /** As peakRssMiB, but a page that several processes share counts once. */
  readonly peakPssMiB: number | null;
  /** Latency at full speed. */
  readonly fastP50Ms: number | null;
  readonly fastP95Ms: number | null;
  /** cpuPer1000 at the clip's own rate. */
  readonly pacedCpuPer1000: number | null;
  /** (largest - smallest) / median of fps over the rounds. */
  readonly fpsSpread: number | null;
  /** At the clip's own rate: frames per second (below that rate it falls behind) and the share of frames answered. */
  readonly pacedFps: number | null;
  readonly pacedAnswered: number | null;
  /** MQTT messages per frame meanwhile. */
  readonly messagesPerFrame: number | null;
}

const AGREEMENT = 0.95;

/** To be first in every column: each goal is our value over the best rival's. */
export function goals(ours: Row | undefined, rivals: readonly Row[]): Goal[] {
  const against = (column: (row: Row) => number | null, best: 'most' | 'least', what: string): Goal => {
    const numbers = rivals.map(column).filter((value) => value !== null);
    const own = ours ? column(ours) : null;
    const goal = best === 'most' ? '> 1' : '< 1';
    const name = `${what}, of the best rival's`;
    if (own === null || numbers.length === 0) return { name, value: null, goal, met: null };
    const ratio = own / (best === 'most' ? Math.max(...numbers) : Math.min(...numbers));
    return { name, value: round(ratio), goal, met: best === 'most' ? ratio > 1 : ratio < 1 };
  };
  const agreement = ours?.agreement ?? null;
  return [
    against(({ fps }) => fps, 'most', 'frames per second'),
    against(({ p50Ms }) => p50Ms, 'least', 'latency p50'),
    against(({ p95Ms }) => p95Ms, 'least', 'latency p95'),
    against(({ cpuPer1000 }) => cpuPer1000, 'least', 'CPU seconds per 1000 frames'),
    against(({ peakRssMiB }) => peakRssMiB, 'least', 'peak RSS of all processes'),
    {
      name: "agreement of boxes with the naive script's (F1)",
      value: agreement,
      goal: `>= ${AGREEMENT}`,
      met: agreement === null ? null : agreement >= AGREEMENT,
    },
  ];
}
