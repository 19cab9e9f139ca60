import { type ClassTally, type TrafficInterval, tallySum } from '../../store/traffic-counts.js';
import type { TrafficPayload } from '../../telemetry/mqtt/messages/traffic.js';
import type { TrafficTotals } from './traffic-totals.js';

/** Steps of a share of an interval, and of the mean number of vehicles. */
const SHARE_STEPS = 1000;
const OCCUPANCY_STEPS = 100;

/** Share of an interval in which its camera was seen, 0..1; not 0 where anything was. */
export function coverageOf({ coveredMs, intervalS, counts }: TrafficInterval): number {
  const share = Math.min(1, coveredMs / (intervalS * 1000));
  if (share === 0 && !hasCounted(counts)) return 0;
  return Math.max(1, Math.round(share * SHARE_STEPS)) / SHARE_STEPS;
}

/** What a message tells of an interval. @param totals of its camera */
export function trafficPayload(interval: TrafficInterval, totals: TrafficTotals): TrafficPayload {
  const { from, intervalS, part, leftOut } = interval;
  const coverage = coverageOf(interval);
  return {
    from,
    intervalS,
    ...(part > 1 && { part }),
    coverage,
    lines: coverage === 0 ? null : interval.counts.lines,
    zones: coverage === 0 ? null : zonesOf(interval),
    totals: totalsOf(interval, totals),
    ...(leftOut > 0 && { eventsLeftOut: leftOut }),
  };
}

function zonesOf({ counts, coveredMs }: TrafficInterval): NonNullable<TrafficPayload['zones']> {
  return Object.fromEntries(
    Object.entries(counts.zones).map(([id, { entered, exited, vehicleMs, maxOccupancy, dwellMs }]) => {
      const gone = tallySum(exited);
      const occupancy =
        coveredMs === 0 ? null : Math.round((vehicleMs / coveredMs) * OCCUPANCY_STEPS) / OCCUPANCY_STEPS;
      return [
        id,
        { entered, exited, occupancy, maxOccupancy, dwellMs: gone === 0 ? null : Math.round(dwellMs / gone) },
      ];
    }),
  );
}

function totalsOf({ counts }: TrafficInterval, totals: TrafficTotals): TrafficPayload['totals'] {
  const lines = Object.entries(counts.lines).map(([id, directions]) => {
    const crossed = Object.keys(directions).map((direction) => [direction, totals.sum('crossed', id, direction)]);
    return [id, { since: totals.since('crossed', id), crossed: Object.fromEntries(crossed) }];
  });
  const zones = Object.keys(counts.zones).map((id) => {
    const [entered, exited] = [totals.sum('entered', id), totals.sum('exited', id)];
    return [id, { since: totals.since('entered', id), entered, exited }];
  });
  return {
    ...(lines.length > 0 && { lines: Object.fromEntries(lines) }),
    ...(zones.length > 0 && { zones: Object.fromEntries(zones) }),
  };
}

function hasCounted({ lines, zones }: TrafficInterval['counts']): boolean {
  const tallies: ClassTally[] = Object.values(lines).flatMap((directions) => Object.values(directions));
  for (const { entered, exited } of Object.values(zones)) tallies.push(entered, exited);
  return tallies.some((tally) => tallySum(tally) > 0);
}
