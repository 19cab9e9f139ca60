import { atLeast } from '../harness/goal.js';
import type { Goal } from '../harness/report.js';
import { round } from '../harness/statistics.js';
import type { Beside } from './neighbour.js';

/** A contender's row: medians over the rounds; null where it could not be measured here. */
export interface Row {
  readonly contender: string;
  readonly beside: Beside;
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
  /** Pictures per second of the neighbour, at full speed and at the clip's own rate; only where there was one. */
  readonly neighbourFps?: number | null;
  readonly pacedNeighbourFps?: number | null;
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
/** Of what the neighbour gets done beside the rival that leaves it the most. */
const NEIGHBOUR = 0.95;

/**
 * To be first in every column of a table: each goal is our value over the best rival's. Beside a neighbour, at the clip's
 * own rate, where all have the same work, the neighbour must also get about as much done as beside the gentlest rival.
 */
export function goals(beside: Beside, ours: Row | undefined, rivals: readonly Row[]): Goal[] {
  const named = (what: string) => `beside ${beside}: ${what}`;
  const ratioOf = (column: (row: Row) => number | null | undefined, best: 'most' | 'least'): number | null => {
    const numbers = rivals.map(column).filter((value) => value !== null && value !== undefined);
    const own = (ours && column(ours)) ?? null;
    if (own === null || numbers.length === 0) return null;
    return own / (best === 'most' ? Math.max(...numbers) : Math.min(...numbers));
  };
  const against = (column: (row: Row) => number | null, best: 'most' | 'least', what: string): Goal => {
    const goal = best === 'most' ? '> 1' : '< 1';
    const name = named(`${what}, of the best rival's`);
    const ratio = ratioOf(column, best);
    if (ratio === null) return { name, value: null, goal, met: null };
    return { name, value: round(ratio), goal, met: best === 'most' ? ratio > 1 : ratio < 1 };
  };
  const kept = ratioOf(({ pacedNeighbourFps }) => pacedNeighbourFps, 'most');
  return [
    against(({ fps }) => fps, 'most', 'frames per second'),
    against(({ p50Ms }) => p50Ms, 'least', 'latency p50'),
    against(({ p95Ms }) => p95Ms, 'least', 'latency p95'),
    against(({ cpuPer1000 }) => cpuPer1000, 'least', 'CPU seconds per 1000 frames'),
    against(({ peakRssMiB }) => peakRssMiB, 'least', 'peak RSS of all processes'),
    atLeast(named("agreement of boxes with the naive script's (F1)"), ours?.agreement ?? null, AGREEMENT),
    ...(beside === 'neighbour'
      ? [atLeast(named("the neighbour's own rate at the clip's rate, of the most beside a rival"), kept, NEIGHBOUR)]
      : []),
  ];
}
