const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** What `pastTime` understands, for messages. */
export const PAST_TIME_IN_WORDS =
  'a time span such as 30m, 24h or 7d, a date such as 2026-11-27 or 2026-11-27T08:00Z, or Unix ms';

/**
 * A time of before, as somebody types it: so long ago, a date in ISO 8601, or Unix ms.
 *
 * @param now Unix ms
 * @returns Unix ms; null where it is none of them
 */
export function pastTime(text: string, now: number): number | null {
  const span = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text.trim());
  if (span) return now - Number(span[1]) * UNITS[span[2]!]!;
  if (/^\d{10,16}$/.test(text.trim())) return Number(text);
  const at = /^\d{4}-\d\d/.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
