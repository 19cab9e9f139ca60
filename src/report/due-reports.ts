import { dateAfter, localDate, localDay, weekdayOf } from './day/local-day.js';
import { reportId } from './make-report.js';

/** A report whose time has come. */
export interface DueReport {
  readonly id: string;
  readonly kind: 'daily' | 'weekly';
  /** The day, or the Monday of the week. */
  readonly date: string;
}

/** What decides which reports are due. */
export interface DueTerms {
  /** Unix ms. */
  readonly now: number;
  readonly timeZone: string;
  readonly kinds: readonly DueReport['kind'][];
  readonly afterMinutes: number;
  readonly makeUpDays: number;
  /** Unix ms since when anything is kept; null: nothing is. */
  readonly keptSince: number | null;
  /** Whether a report was made, or given up. */
  readonly isDone: (id: string) => boolean;
}

const MINUTE_MS = 60_000;
const DAYS_OF_WEEK = 7;

/**
 * The reports of days and weeks that are over and that nobody made yet, the oldest first: after an outage all that it kept
 * from being made. There is none of a time before anything was kept.
 */
export function dueReports(terms: DueTerms): DueReport[] {
  const { now, timeZone, kinds, afterMinutes, makeUpDays, keptSince, isDone } = terms;
  if (keptSince === null) return [];
  const today = localDate(now - afterMinutes * MINUTE_MS, timeZone);
  const dates = Array.from({ length: makeUpDays }, (_, index) => dateAfter(today, index - makeUpDays));
  const days = dates.filter((date) => localDay(date, timeZone).to > keptSince);
  const daily = days.map((date): DueReport => ({ kind: 'daily', date, id: reportId('daily', date) }));
  const weekly = days
    .filter((date) => weekdayOf(date) === DAYS_OF_WEEK - 1)
    .map((sunday): DueReport => {
      const date = dateAfter(sunday, 1 - DAYS_OF_WEEK);
      return { kind: 'weekly', date, id: reportId('weekly', date) };
    });
  return [...daily, ...weekly].filter(({ kind, id }) => kinds.includes(kind) && !isDone(id));
}
