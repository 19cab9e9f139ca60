import type { AlertLogEntry } from '../../store/alert-history.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { LocalDay } from './local-day.js';

type DayAlert = DailyReportPayload['alerts'][number];

interface Course {
  severity: string;
  message: string;
  raised: number;
  heldMs: number;
  /** Unix ms since when it holds; null where it does not. */
  since: number | null;
}

/** What alerts held on a day, those that held longest first. @param steps oldest first, also of the weeks before the day */
export function alertsOfDay(steps: readonly AlertLogEntry[], day: LocalDay): DayAlert[] {
  const courses = new Map<string, Course>();
  for (const step of steps) follow(step, day, courses);
  return [...courses]
    .map(([code, { severity, message, raised, heldMs, since }]) => ({
      code,
      severity,
      message,
      raised,
      holds: since !== null,
      heldMs: heldMs + (since === null ? 0 : day.to - Math.max(since, day.from)),
    }))
    .filter(({ raised, heldMs }) => raised > 0 || heldMs > 0)
    .sort((a, b) => b.heldMs - a.heldMs || (a.code < b.code ? -1 : 1));
}

function follow({ at, code, kind, alert }: AlertLogEntry, day: LocalDay, courses: Map<string, Course>): void {
  const { severity, message } = (alert ?? {}) as { severity?: string; message?: string };
  const course = courses.get(code) ?? { severity: '', message: '', raised: 0, heldMs: 0, since: null };
  courses.set(code, course);
  if (severity !== undefined) course.severity = severity;
  if (message !== undefined) course.message = message;
  if (kind === 'raised') {
    // one that was raised twice without an end ended in between, unseen: with the program
    course.since ??= at;
    if (at >= day.from) course.raised++;
  } else if (kind === 'cleared' && course.since !== null) {
    course.heldMs += Math.max(0, at - Math.max(course.since, day.from));
    course.since = null;
  }
}
