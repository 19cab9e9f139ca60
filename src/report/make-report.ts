import { silentLog } from '../foundation/log.js';
import type {
  DailyReportPayload,
  ReportedChain,
  WeeklyReportPayload,
} from '../telemetry/mqtt/messages/daily-report.js';
import type { PromisedChange, ReportedHealth, ReportTerms } from './day/day-facts.js';
import { dayReport } from './day/day-report.js';
import { gatherDay, type Histories } from './day/gather-day.js';
import { keptPartOf, localDay, weekOf } from './day/local-day.js';
import { KeptHistory } from './history/kept-history.js';
import type { ReportLanguageCode } from './languages/report-languages.js';
import { dayMarkdown } from './page/day-markdown.js';
import { dayPage } from './page/day-page.js';
import { weekMarkdown } from './page/week-markdown.js';
import { weekPage } from './page/week-page.js';
import { gatherWeek } from './week/gather-week.js';
import { weekReport } from './week/week-report.js';

/** Which report is wanted, and of what: can be handed to another thread. */
export interface ReportTask {
  readonly kind: 'daily' | 'weekly';
  /** The day, or any day of the week. */
  readonly date: string;
  readonly timeZone: string;
  /** `history.db` of whom it is about, and of the device, which knows when the program ran. */
  readonly file: string;
  readonly deviceFile: string;
  /** Of the device, for headings. */
  readonly name: string;
  /** None: those of which there is anything. */
  readonly cameras: readonly string[];
  readonly tenant: string | null;
  readonly terms: ReportTerms;
  readonly prospects: readonly PromisedChange[];
  /** Of the device's databases now; none: nobody knows. */
  readonly health: readonly ReportedHealth[];
  /** Whose evidence it is, now, with what was written on the day; absent: none is kept. */
  readonly evidenceChain?: ReportedChain | null;
  /** Unix ms. */
  readonly madeAt: number;
  readonly languages: readonly ReportLanguageCode[];
}

/** A report, and how people read it. */
export type MadeReport = {
  readonly id: string;
  readonly pages: readonly { readonly lang: ReportLanguageCode; readonly html: string; readonly markdown: string }[];
} & (
  | { readonly kind: 'daily'; readonly report: DailyReportPayload }
  | { readonly kind: 'weekly'; readonly report: WeeklyReportPayload }
);

/** What a report is called: `daily-2026-11-27`, `weekly-2026-W48`. @param date the day, or any day of the week */
export function reportId(kind: ReportTask['kind'], date: string): string {
  return `${kind}-${kind === 'daily' ? date : weekOf(date)}`;
}

/**
 * Makes a report of what the history has now, and its pages. It takes a second or two of this thread.
 *
 * @throws EdgeError E_OUTPUT where the history cannot be read; RangeError where there is no such day or time zone
 */
export function makeReport(task: ReportTask): MadeReport {
  const { kind, date, timeZone, file, deviceFile, name, languages, madeAt } = task;
  const id = reportId(kind, date);
  const opened = new KeptHistory(file, { now: madeAt, log: silentLog });
  try {
    const device = deviceFile === file ? opened : new KeptHistory(deviceFile, { now: madeAt, log: silentLog });
    try {
      const histories: Histories = { own: opened, device };
      // frames may be handed in of cameras that nobody configured
      const cameras = task.cameras.length > 0 || task.tenant !== null ? task.cameras : opened.cameras();
      if (kind === 'daily') {
        const report = dayReport(
          gatherDay(histories, { ...task, cameras, day: keptPartOf(localDay(date, timeZone), madeAt) }),
        );
        const pages = languages.map((lang) => ({
          lang,
          html: dayPage(report, name, lang),
          markdown: dayMarkdown(report, name, lang),
        }));
        return { id, kind, report, pages };
      }
      const report = weekReport(gatherWeek(histories, { ...task, cameras }));
      const pages = languages.map((lang) => ({
        lang,
        html: weekPage(report, name, lang),
        markdown: weekMarkdown(report, name, lang),
      }));
      return { id, kind, report, pages };
    } finally {
      if (device !== opened) device.close();
    }
  } finally {
    opened.close();
  }
}
