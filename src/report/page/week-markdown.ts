import { markdownCell } from '../../foundation/markup.js';
import type { WeeklyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { REPORT_LANGUAGES, type ReportLanguageCode } from '../languages/report-languages.js';
import { ReportWording } from '../languages/report-wording.js';
import { headline } from './day-page.js';
import { markdownTable } from './markdown-table.js';
import { changeText, happenedText, slopeText, trendTitle, weekTitle } from './week-wording.js';

/** A weekly report as Markdown, for a mail: all but the charts. */
export function weekMarkdown(report: WeeklyReportPayload, name: string, lang: ReportLanguageCode): string {
  const wording = new ReportWording(REPORT_LANGUAGES[lang], report.timeZone);
  const changed = report.trends.flatMap((trend) => trend.changes.map((change) => ({ trend, change })));
  return `${[
    `# ${weekTitle(report, wording)}`,
    markdownCell(headline(report, name, wording)),
    ...changed.flatMap(({ trend, change }) => [
      `**${markdownCell(trendTitle(trend, wording))}: ${markdownCell(changeText(trend, change, wording))}**`,
      change.happened.length === 0
        ? wording.say('nothingHappened')
        : change.happened.map((one) => `- ${markdownCell(happenedText(one, wording))}`).join('\n'),
    ]),
    ...markdownTable({
      title: wording.say('trend'),
      head: [wording.say('figure'), wording.say('week'), wording.say('weeksBefore'), wording.say('trend')],
      rows: report.trends.map((trend) => [
        trendTitle(trend, wording),
        wording.figure(trend.figure, trend.week),
        wording.figure(trend.figure, trend.usual),
        slopeText(trend, wording),
      ]),
    }),
    wording.say('reading'),
  ].join('\n\n')}\n`;
}
