import {
  addCounts,
  type ClassTally,
  noCounts,
  type TrafficCounts,
  type TrafficInterval,
  tallySum,
} from './traffic-counts.js';

/** Steps of a share of an interval, and of the mean number of vehicles. */
const SHARE_STEPS = 1000;
const OCCUPANCY_STEPS = 100;

/** What is told of a zone. */
export interface ZoneFigures {
  readonly entered: ClassTally;
  readonly exited: ClassTally;
  /** Vehicles in it at a time, on average over the time that was seen; null where none was. */
  readonly occupancy: number | null;
  readonly maxOccupancy: number;
  /** How long those that went out had been in it, on average, ms; null where none went out. */
  readonly dwellMs: number | null;
}

/** What is told of an interval. */
export interface TrafficFigures {
  /** Share of the interval in which the camera was seen, 0..1; not 0 where anything was counted. */
  readonly coverage: number;
  /** Vehicles by line, direction and class; null where the camera was not seen. */
  readonly lines: TrafficCounts['lines'] | null;
  readonly zones: Record<string, ZoneFigures> | null;
  /** Vehicles that broke a rule, by rule and class; absent where the camera was not seen, or has no rules. */
  readonly rules?: Record<string, ClassTally>;
}

/** The figures of an interval, as messages and answers tell them. */
export function trafficFigures(interval: TrafficInterval): TrafficFigures {
  const coverage = coverageOf(interval);
  if (coverage === 0) return { coverage, lines: null, zones: null };
  const { lines, rules } = interval.counts;
  return { coverage, lines, zones: zonesOf(interval), ...(rules && { rules }) };
}

/** One interval as an answer tells it. */
export function trafficAsJson(interval: TrafficInterval): Record<string, unknown> {
  const { camera, from, intervalS, leftOut } = interval;
  return { camera, from, intervalS, ...trafficFigures(interval), eventsLeftOut: leftOut };
}

/**
 * The same in longer steps, aligned to the clock; parts of one interval are one. A step is a whole number of intervals: where it is
 * not, the next longer one is taken, since nobody knows when within an interval something was counted.
 *
 * @param stepMs null: as they were counted
 */
export function trafficInSteps(intervals: readonly TrafficInterval[], stepMs: number | null): TrafficInterval[] {
  const steps = new Map<string, TrafficInterval>();
  for (const interval of intervals) {
    const whole = Math.ceil((stepMs ?? 0) / 1000 / interval.intervalS);
    const intervalS = Math.max(1, whole) * interval.intervalS;
    const from = Math.floor(interval.from / (intervalS * 1000)) * intervalS * 1000;
    const key = `${interval.camera}\n${from}\n${intervalS}`;
    const step = steps.get(key) ?? {
      ...interval,
      from,
      intervalS,
      part: 1,
      coveredMs: 0,
      leftOut: 0,
      counts: noCounts(),
    };
    addCounts(step.counts, interval.counts);
    const coveredMs = step.coveredMs + interval.coveredMs;
    steps.set(key, { ...step, coveredMs, leftOut: step.leftOut + interval.leftOut });
  }
  return [...steps.values()];
}

function coverageOf({ coveredMs, intervalS, counts }: TrafficInterval): number {
  const share = Math.min(1, coveredMs / (intervalS * 1000));
  if (share === 0 && !hasCounted(counts)) return 0;
  return Math.max(1, Math.round(share * SHARE_STEPS)) / SHARE_STEPS;
}

function zonesOf({ counts, coveredMs }: TrafficInterval): Record<string, ZoneFigures> {
  return Object.fromEntries(
    Object.entries(counts.zones).map(([id, { entered, exited, vehicleMs, maxOccupancy, dwellMs }]) => {
      const gone = tallySum(exited);
      const mean = vehicleMs / coveredMs;
      const occupancy = coveredMs === 0 ? null : Math.round(mean * OCCUPANCY_STEPS) / OCCUPANCY_STEPS;
      const dwell = gone === 0 ? null : Math.round(dwellMs / gone);
      return [id, { entered, exited, occupancy, maxOccupancy, dwellMs: dwell }];
    }),
  );
}

function hasCounted({ lines, zones }: TrafficCounts): boolean {
  const tallies = Object.values(lines).flatMap((directions) => Object.values(directions));
  for (const { entered, exited } of Object.values(zones)) tallies.push(entered, exited);
  return tallies.some((tally) => tallySum(tally) > 0);
}
