/** As much of a traffic message as is counted. */
export interface CountedTraffic {
  readonly lines?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> | null;
  readonly zones?: Readonly<Record<string, { readonly entered: Readonly<Record<string, number>> }>> | null;
}

/**
 * Vehicles that crossed lines, by class; of a camera without lines, those that entered zones. Who crosses two lines is counted twice.
 * null where nothing is known of the interval.
 */
export function crossingsByClass({ lines, zones }: CountedTraffic): Readonly<Record<string, number>> | null {
  if (lines == null && zones == null) return null;
  const gates = Object.values(lines ?? {}).flatMap((directions) => Object.values(directions));
  const counted =
    Object.keys(lines ?? {}).length > 0 ? gates : Object.values(zones ?? {}).map(({ entered }) => entered);
  const classes: Record<string, number> = {};
  for (const byClass of counted)
    for (const [name, count] of Object.entries(byClass)) classes[name] = (classes[name] ?? 0) + count;
  return classes;
}
