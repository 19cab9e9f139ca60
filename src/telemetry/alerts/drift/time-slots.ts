const HOUR_MS = 3_600_000;

/** A way to tell hours apart by their time. */
export interface TimeSlots {
  /** The same number for times that are alike. @param t Unix ms */
  readonly slotOf: (t: number) => number;
  /** Hours of a slot that say what is usual in it. */
  readonly leastHours: number;
}

/** From those that tell least to those that tell most. In UTC; the Unix day 0 was a Thursday. */
export const TIME_SLOTS: readonly TimeSlots[] = [
  { slotOf: () => 0, leastHours: 1 },
  { slotOf: hourOfWorkOrRest, leastHours: 4 },
  { slotOf: (t) => (Math.floor(t / HOUR_MS) + 3 * 24) % 168, leastHours: 2 },
];

/** Hour of a working day (0 to 23) or of the weekend (24 to 47). */
function hourOfWorkOrRest(t: number): number {
  const hour = Math.floor(t / HOUR_MS);
  const day = (Math.floor(hour / 24) + 3) % 7;
  return (hour % 24) + (day >= 5 ? 24 : 0);
}
