/** A day by the clocks of a place. */
export interface LocalDay {
  /** `2026-11-27`. */
  readonly date: string;
  /** IANA name: `Europe/Madrid`. */
  readonly timeZone: string;
  /** Unix ms at which it begins and ends: up to but without `to`. */
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A minute is in the history so long after its end. */
const KEPT_AFTER_MS = 5000;
/** Further than any place is from UTC. */
const FURTHEST_MS = 15 * 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The time zone of this machine, or what the environment (TZ) says of it. */
export function zoneOfMachine(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The date at a place, `2026-11-27`. @param at Unix ms @throws RangeError where there is no such time zone */
export function localDate(at: number, timeZone: string): string {
  return partsOf(at, timeZone).date;
}

/** Hour and minute at a place, `07:30`. @param at Unix ms */
export function localTime(at: number, timeZone: string): string {
  return partsOf(at, timeZone).time;
}

/**
 * A day of a place: 23 or 25 hours long where clocks are changed in it, and from one o'clock on where midnight is left out.
 *
 * @param date `2026-11-27`
 * @throws RangeError where there is no such day or time zone
 */
export function localDay(date: string, timeZone: string): LocalDay {
  return { date, timeZone, from: beginOf(date, timeZone), to: beginOf(dateAfter(date, 1), timeZone) };
}

/** The day that holds a time. @param at Unix ms */
export const dayAt = (at: number, timeZone: string): LocalDay => localDay(localDate(at, timeZone), timeZone);

/** So many days later, or earlier below 0: the date only, whatever clocks do. @throws RangeError where there is no such date */
export function dateAfter(date: string, days: number): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date)
    throw new RangeError(`a day like 2026-11-27 is expected, got ${date || 'nothing'}`);
  return new Date(at + days * DAY_MS).toISOString().slice(0, 10);
}

/** A day as far as the history has it: all of it where it is over, up to the last whole minute where it goes on. @param now Unix ms */
export function keptPartOf(day: LocalDay, now: number): LocalDay {
  const last = Math.floor((now - KEPT_AFTER_MS) / MINUTE_MS) * MINUTE_MS;
  return { ...day, to: Math.min(day.to, Math.max(last, day.from + MINUTE_MS)) };
}

/** 0 is Monday, 6 Sunday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The ISO week of a date, `2026-W48`. */
export function weekOf(date: string): string {
  // the year of a week is that of its Thursday
  const thursday = dateAfter(date, 3 - weekdayOf(date));
  const year = thursday.slice(0, 4);
  const dayOfYear = (Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${year}-01-01T00:00:00Z`)) / DAY_MS;
  return `${year}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`;
}

/** The hours of a day, as many as have begun in it: Unix ms at which each begins. */
export function hoursOf({ from, to }: Pick<LocalDay, 'from' | 'to'>): number[] {
  return Array.from({ length: Math.ceil((to - from) / 3_600_000) }, (_, hour) => from + hour * 3_600_000);
}

/** The first moment at which clocks show this date or a later one, by halving. */
function beginOf(date: string, timeZone: string): number {
  const midnight = Date.parse(`${dateAfter(date, 0)}T00:00:00Z`);
  let [before, after] = [midnight - FURTHEST_MS, midnight + FURTHEST_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDate(middle, timeZone) >= date) after = middle;
    else before = middle;
  }
  return after;
}

function partsOf(at: number, timeZone: string): { date: string; time: string } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const two = '2-digit';
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${parts['year']}-${parts['month']}-${parts['day']}`, time: `${parts['hour']}:${parts['minute']}` };
}
