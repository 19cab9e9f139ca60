import { answeredShare } from '../harness/results.js';
import { median, round } from '../harness/statistics.js';
import type { Row } from './goals.js';
import type { Beside } from './neighbour.js';
import type { Round } from './rounds.js';

/** Medians over a contender's rounds; the neighbour's own progress only where there was one. */
export function rowOf(contender: string, beside: Beside, rounds: readonly Round[]): Row {
  const middle = (read: (round: Round) => number | null, unit = 1): number | null => {
    const numbers = rounds.map(read).filter((value) => value !== null);
    return numbers.length === 0 ? null : round(median(numbers) / unit);
  };
  const larger = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
  return {
    contender,
    beside,
    fps: middle(({ fast }) => fast.fps),
    p50Ms: middle(({ paced }) => paced.p50Ms),
    p95Ms: middle(({ paced }) => paced.p95Ms),
    cpuPer1000: middle(({ fast }) => fast.cpuPer1000),
    peakRssMiB: middle(({ fast, paced }) => larger(fast.peakRss, paced.peakRss), 2 ** 20),
    agreement: middle((one) => one.agreement),
    ...(beside === 'neighbour' && {
      neighbourFps: middle(({ fast }) => fast.neighbourFps),
      pacedNeighbourFps: middle(({ paced }) => paced.neighbourFps),
    }),
    peakPssMiB: middle(({ fast, paced }) => larger(fast.peakPss, paced.peakPss), 2 ** 20),
    fastP50Ms: middle(({ fast }) => fast.p50Ms),
    fastP95Ms: middle(({ fast }) => fast.p95Ms),
    pacedCpuPer1000: middle(({ paced }) => paced.cpuPer1000),
    fpsSpread: spread(rounds.map(({ fast }) => fast.fps)),
    pacedFps: middle(({ paced }) => paced.fps),
    pacedAnswered: middle(({ paced }) => answeredShare(paced.lines)),
    messagesPerFrame: middle(({ paced }) => (paced.lines.length > 0 ? paced.messages / paced.lines.length : null)),
  };
}

function spread(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : round((Math.max(...numbers) - Math.min(...numbers)) / median(numbers));
}
