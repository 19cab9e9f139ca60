import { quantile } from '../../src/foundation/statistics.js';
import type { MinuteReading } from '../../src/telemetry/alerts/adaptive/adaptive-alerts.js';
import type { Fault, FaultKind } from './device-days.js';

/** From the minute in which a code was raised to that in which it was cleared. */
export interface Episode {
  readonly code: string;
  readonly from: number;
  readonly to: number;
}

/** Whether each code holds after the readings of a minute. */
export type FaultFinder = (t: number, readings: readonly MinuteReading[]) => ReadonlyMap<string, boolean>;

/** An alert may come so many minutes after a fault is over, and still be its. */
const AFTER = 15;
/** What each kind may raise: any of them finds it, none of them is a false alarm while it lasts. */
const RAISES: Readonly<Record<FaultKind, readonly string[]>> = {
  'slowed worker': ['degraded-latency', 'degraded-load', 'degraded-heat'],
  leak: ['degraded-memory'],
  'lost camera': ['degraded-throughput'],
  'hot device': ['degraded-heat', 'degraded-latency', 'degraded-load'],
};

/** @param start Unix ms of the first minute */
export function episodesOf(finder: FaultFinder, days: Iterable<readonly MinuteReading[]>, start: number): Episode[] {
  const since = new Map<string, number>();
  const episodes: Episode[] = [];
  let minute = 0;
  for (const readings of days) {
    for (const [code, holds] of finder(start + minute * 60_000, readings)) {
      const from = since.get(code);
      if (holds && from === undefined) since.set(code, minute);
      if (holds || from === undefined) continue;
      episodes.push({ code, from, to: minute });
      since.delete(code);
    }
    minute++;
  }
  for (const [code, from] of since) episodes.push({ code, from, to: minute });
  return episodes;
}

/** How well the episodes tell of the faults. */
export interface FaultScore {
  readonly recall: number;
  /** Share of the alerts that a fault was behind; 1 where there was none. */
  readonly precision: number;
  readonly falseAlarms: readonly Episode[];
  readonly missed: readonly Fault[];
  /** Minutes from the beginning of each fault that was found to its first alert. */
  readonly delays: readonly { readonly kind: FaultKind; readonly minutes: number }[];
}

/** @param from minute from which on episodes count */
export function scoreFaults(episodes: readonly Episode[], faults: readonly Fault[], from: number): FaultScore {
  const counted = episodes.filter((episode) => episode.from >= from);
  const isOf = (episode: Episode, fault: Fault) =>
    RAISES[fault.kind].includes(episode.code) && episode.from >= fault.from && episode.from < fault.to + AFTER;
  const falseAlarms = counted.filter((episode) => !faults.some((fault) => isOf(episode, fault)));
  const delays = faults.flatMap((fault) => {
    const first = counted.filter((episode) => isOf(episode, fault)).sort((a, b) => a.from - b.from)[0];
    return first === undefined ? [] : [{ kind: fault.kind, minutes: first.from - fault.from + 1 }];
  });
  const missed = faults.filter((fault) => !counted.some((episode) => isOf(episode, fault)));
  return {
    recall: faults.length === 0 ? 1 : delays.length / faults.length,
    precision: counted.length === 0 ? 1 : 1 - falseAlarms.length / counted.length,
    falseAlarms,
    missed,
    delays,
  };
}

/** Median and 90th percentile of the delays, in minutes. */
export function delayOf(delays: FaultScore['delays'], kind?: FaultKind): { median: number | null; p90: number | null } {
  const minutes = delays.filter((delay) => (kind ?? delay.kind) === delay.kind).map((delay) => delay.minutes);
  return { median: quantile(minutes, 0.5), p90: quantile(minutes, 0.9) };
}
