/** Vehicles by class; classes without any are absent. */
export type ClassTally = Record<string, number>;

/** What was counted of one zone. */
export interface ZoneTally {
  readonly entered: ClassTally;
  readonly exited: ClassTally;
  /** Sum over those that went out of how long they had been in it, ms. */
  dwellMs: number;
  /** Vehicles in it times how long, ms. */
  vehicleMs: number;
  maxOccupancy: number;
}

/** What one camera counted over some time; of two such times it adds up. */
export interface TrafficCounts {
  /** By line, direction and class. */
  readonly lines: Record<string, Record<string, ClassTally>>;
  readonly zones: Record<string, ZoneTally>;
  /** Vehicles that broke a rule, by rule and class; absent of a camera without rules, and of what was counted before there were any. */
  rules?: Record<string, ClassTally>;
}

/** What one camera counted in one interval. */
export interface TrafficInterval {
  readonly camera: string;
  /** Unix ms at which the interval begins. */
  readonly from: number;
  readonly intervalS: number;
  /** 1, or more where the clock was set back into an interval that had been closed; their counts add up. */
  readonly part: number;
  /** ms of it in which the camera was seen. */
  readonly coveredMs: number;
  /** Events of it that were not published for want of room. */
  readonly leftOut: number;
  readonly counts: TrafficCounts;
}

/** How often something was counted since a time, over all runs of the program. */
export interface TrafficTotal {
  readonly kind: 'crossed' | 'entered' | 'exited';
  /** Id of the line or zone. */
  readonly name: string;
  /** Of a line; empty of a zone. */
  readonly direction: string;
  readonly vehicleClass: string;
  readonly count: number;
}

/** Without a prototype: a class may be called `constructor`. */
const record = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

export const noCounts = (): TrafficCounts => ({ lines: record(), zones: record() });

/** The tally of one direction of a line, made where there is none yet. */
export function lineTally({ lines }: TrafficCounts, line: string, direction: string): ClassTally {
  const directions = (lines[line] ??= record());
  return (directions[direction] ??= record());
}

/** The tally of a zone, made where there is none yet. */
export function zoneTally({ zones }: TrafficCounts, zone: string): ZoneTally {
  return (zones[zone] ??= { entered: record(), exited: record(), dwellMs: 0, vehicleMs: 0, maxOccupancy: 0 });
}

/** The tally of a rule, made where there is none yet. */
export function ruleTally(counts: TrafficCounts, rule: string): ClassTally {
  const rules = (counts.rules ??= record());
  return (rules[rule] ??= record());
}

/** Counts so many more of a class. */
export function addToTally(tally: ClassTally, vehicleClass: string, count = 1): void {
  tally[vehicleClass] = (tally[vehicleClass] ?? 0) + count;
}

/** Vehicles of all classes. */
export function tallySum(tally: Readonly<ClassTally>): number {
  let sum = 0;
  for (const count of Object.values(tally)) sum += count;
  return sum;
}

/** Adds what was counted over another time. */
export function addCounts(to: TrafficCounts, more: TrafficCounts): void {
  for (const [line, directions] of Object.entries(more.lines)) {
    for (const [direction, tally] of Object.entries(directions)) addTally(lineTally(to, line, direction), tally);
  }
  for (const [zone, tally] of Object.entries(more.zones)) {
    const mine = zoneTally(to, zone);
    addTally(mine.entered, tally.entered);
    addTally(mine.exited, tally.exited);
    mine.dwellMs += tally.dwellMs;
    mine.vehicleMs += tally.vehicleMs;
    mine.maxOccupancy = Math.max(mine.maxOccupancy, tally.maxOccupancy);
  }
  for (const [rule, tally] of Object.entries(more.rules ?? {})) addTally(ruleTally(to, rule), tally);
}

function addTally(to: ClassTally, more: Readonly<ClassTally>): void {
  for (const [vehicleClass, count] of Object.entries(more)) addToTally(to, vehicleClass, count);
}
