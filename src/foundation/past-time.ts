import { durationOf } from './duration.js';

/** What `pastTime` understands, for messages. */
export const PAST_TIME_IN_WORDS = 'a time like 24h, 7d, 2026-11-27T08:00Z or Unix seconds';

/** A number of so many digits or more is Unix ms, of fewer Unix s; with fewer than these it is neither. */
const MS_DIGITS = 12;
const S_DIGITS = 9;
/** Unix ms of the furthest day that a Date knows. */
const FURTHEST_MS = 8.64e15;

/**
 * A time of before, as somebody types it: so long ago, a date in ISO 8601, Unix seconds or ms, or `now`.
 *
 * @param before Unix ms: what durations count back from
 * @returns Unix ms; null where it is none of them
 */
export function pastTime(text: string, before: number): number | null {
  const time = timeIn(text.trim(), before);
  return Math.abs(time) < FURTHEST_MS ? time : null;
}

/** NaN where it is no time. */
function timeIn(text: string, before: number): number {
  if (text === 'now') return before;
  const ago = durationOf(text);
  if (ago !== null) return before - ago;
  if (/^\d+$/.test(text)) {
    if (text.length >= MS_DIGITS) return Number(text);
    return text.length >= S_DIGITS ? Number(text) * 1000 : Number.NaN;
  }
  return /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}
