const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};
const UNITS_LONGEST_FIRST = 'min|[smhdwy]';
const DURATION = new RegExp(`^(?:\\d+(?:\\.\\d+)?(?:${UNITS_LONGEST_FIRST}))+$`);
const PART = new RegExp(`(\\d+(?:\\.\\d+)?)(${UNITS_LONGEST_FIRST})`, 'g');

/** A length of time as somebody types it, `90s`, `1h30m`, `7d`, in ms; null where it is none. */
export function durationOf(text: string): number | null {
  if (!DURATION.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(PART)) ms += Number(count) * UNITS[unit!]!;
  return ms;
}
