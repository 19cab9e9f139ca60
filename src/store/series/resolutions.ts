/** The steps in ms at which series are kept, fine to coarse; each divides the next. */
export const RESOLUTIONS = [10_000, 60_000, 3_600_000] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Where the step that holds `t` begins. */
export const stepStart = (t: number, stepMs: number): number => Math.floor(t / stepMs) * stepMs;
