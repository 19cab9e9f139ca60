/** One of the steps at which series are kept. */
export interface ResolutionTable {
  readonly stepMs: number;
  /** Points of one series over this time, from a multiple of it on, are one row. */
  readonly blockMs: number;
  readonly table: string;
}

const HOUR_MS = 3_600_000;

/** The steps in ms at which series are kept, fine to coarse; each divides the next. */
export const RESOLUTIONS = [10_000, 60_000, HOUR_MS] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** By resolution. */
export const RESOLUTION_TABLES: readonly ResolutionTable[] = [
  { stepMs: 10_000, blockMs: HOUR_MS, table: 'series_10s' },
  { stepMs: 60_000, blockMs: HOUR_MS, table: 'series_1min' },
  // a year is read in few rows
  { stepMs: HOUR_MS, blockMs: 8 * 24 * HOUR_MS, table: 'series_1h' },
];

/** Where the step that holds `t` begins. */
export const stepStart = (t: number, stepMs: number): number => Math.floor(t / stepMs) * stepMs;
