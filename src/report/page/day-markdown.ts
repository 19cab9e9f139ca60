import { markdownCell } from '../../foundation/markup.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { REPORT_LANGUAGES, type ReportLanguageCode } from '../languages/report-languages.js';
import { ReportWording } from '../languages/report-wording.js';
import { availabilityText } from './availability-text.js';
import { headline, lengthText } from './day-page.js';
import { dayTables } from './day-tables.js';
import { dayTiles } from './day-tiles.js';
import { markdownTable } from './markdown-table.js';

/** A daily report as Markdown, for a mail: all but the charts, whose numbers a table has. */
export function dayMarkdown(report: DailyReportPayload, name: string, lang: ReportLanguageCode): string {
  const wording = new ReportWording(REPORT_LANGUAGES[lang], report.timeZone);
  return `${[
    `# ${wording.say('dailyTitle')}, ${wording.longDate(report.date)}`,
    markdownCell(headline(report, name, wording)),
    ...lengthText(report, wording),
    `## ${wording.say('recommendations')}`,
    ...advice(report, wording),
    `## ${wording.say('dayInFigures')}`,
    dayTiles(report, wording)
      .map(({ title, value, note }) => `- **${title}**: ${value}${note === '' ? '' : ` (${markdownCell(note)})`}`)
      .join('\n'),
    `## ${wording.say('availabilityTitle')}`,
    availability(report, wording),
    ...markdownTable(hoursTable(report, wording)),
    ...dayTables(report, wording).flatMap(markdownTable),
    wording.say('reading'),
  ].join('\n\n')}\n`;
}

/** Of the program and of each camera, in place of the strips of the page. */
function availability({ program, cameras, to }: DailyReportPayload, wording: ReportWording): string {
  const all = [
    { name: wording.say('program'), share: program.ran, count: program.outageCount, since: null },
    ...cameras.map(({ camera, served, outageCount, since }) => ({
      name: camera,
      share: served,
      count: outageCount,
      since,
    })),
  ];
  return all
    .map(({ name, ...of }) => `- **${markdownCell(name)}**: ${markdownCell(availabilityText({ ...of, to }, wording))}`)
    .join('\n');
}

function advice({ recommendations }: DailyReportPayload, wording: ReportWording): string[] {
  if (recommendations.length === 0) return [wording.say('nothingToDo')];
  return recommendations.map((one) => {
    const { what, why, since, gain } = wording.recommended(one);
    return `**${markdownCell(what)}**\n${markdownCell(`${why} ${since}`.trim())}\n${markdownCell(gain)}\n\n\`\`\`\n${one.command}\n\`\`\``;
  });
}

function hoursTable({ cameras }: DailyReportPayload, wording: ReportWording) {
  const counted = cameras.filter(({ traffic }) => traffic !== null);
  const hours = counted[0]?.traffic?.hours ?? [];
  return {
    title: wording.say('byHour'),
    head: [wording.say('from'), ...counted.map(({ camera }) => camera)],
    rows: hours.map(({ at }, index) => [
      wording.time(at),
      ...counted.map(({ traffic }) => wording.number(traffic!.hours[index]?.vehicles ?? null)),
    ]),
    ...(counted.length === 0 && { none: wording.say('noTraffic') }),
  };
}
