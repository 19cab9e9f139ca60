import type { TrafficInterval } from '../../store/traffic-counts.js';
import { trafficFigures } from '../../store/traffic-json.js';
import type { TrafficPayload } from '../../telemetry/mqtt/messages/traffic.js';
import type { TrafficTotals } from './traffic-totals.js';

/** What a message tells of an interval. @param totals of its camera */
export function trafficPayload(interval: TrafficInterval, totals: TrafficTotals): TrafficPayload {
  const { from, intervalS, part, leftOut } = interval;
  return {
    from,
    intervalS,
    ...(part > 1 && { part }),
    ...trafficFigures(interval),
    totals: totalsOf(interval, totals),
    ...(leftOut > 0 && { eventsLeftOut: leftOut }),
  };
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
