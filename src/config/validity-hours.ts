/** Part of a day, in minutes since midnight; one that ends before it begins ends on the next day. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** When something holds, by the clock on the wall. */
export interface ValidityHours {
  readonly spans: readonly Span[];
  /** Days on which a span may begin: 0 is Sunday. */
  readonly days: ReadonlySet<number>;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SPAN = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/;
const MINUTES_OF_DAY = 1440;
const ALL_DAY: readonly Span[] = [{ from: 0, until: MINUTES_OF_DAY }];

/** What `validityHours` reads, for people. */
export const VALIDITY_HOURS_IN_WORDS = 'hours as 07:00-19:00 mon-fri, 07:00-09:00,16:00-19:00 or sat,sun';

/** Reads `07:00-09:00,16:00-19:00 mon-fri`: hours, days, or both. @returns null where it is nothing of the kind */
export function validityHours(text: string): ValidityHours | null {
  const words = text.trim().toLowerCase().split(/\s+/);
  const hours = words[0] !== undefined && /^\d/.test(words[0]) ? words.shift()! : null;
  const named = words.shift();
  if (words.length > 0 || (hours === null && named === undefined)) return null;
  const spans: readonly (Span | null)[] = hours === null ? ALL_DAY : hours.split(',').map(spanOf);
  const days = named === undefined ? [0, 1, 2, 3, 4, 5, 6] : named.split(',').flatMap((part) => daysOf(part) ?? [null]);
  if (spans.includes(null) || days.includes(null)) return null;
  return { spans: spans as Span[], days: new Set(days as number[]) };
}

/** Whether it holds then. @param at of which the local time counts */
export function isWithin({ spans, days }: ValidityHours, at: Date): boolean {
  const minute = at.getHours() * 60 + at.getMinutes();
  const today = days.has(at.getDay());
  const yesterday = days.has((at.getDay() + 6) % 7);
  return spans.some(({ from, until }) => {
    if (from < until) return today && minute >= from && minute < until;
    return (today && minute >= from) || (yesterday && minute < until);
  });
}

function spanOf(text: string): Span | null {
  const [, fromHour, fromMinute, untilHour, untilMinute] = SPAN.exec(text)?.map(Number) ?? [];
  if (fromHour === undefined || fromMinute! > 59 || untilMinute! > 59) return null;
  const [from, until] = [fromHour * 60 + fromMinute!, untilHour! * 60 + untilMinute!];
  return from < MINUTES_OF_DAY && until <= MINUTES_OF_DAY && from !== until ? { from, until } : null;
}

/** `fri`, or `fri-mon`, which goes over the weekend. */
function daysOf(text: string): number[] | null {
  const [first, last, more] = text.split('-').map((name) => DAYS.indexOf(name));
  if (first === undefined || first < 0 || more !== undefined || last === -1) return null;
  const count = last === undefined ? 1 : ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => (first + i) % 7);
}
