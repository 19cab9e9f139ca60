import { html, type Markup } from '../../foundation/markup.js';
import type { WeeklyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { REPORT_LANGUAGES, type ReportLanguageCode } from '../languages/report-languages.js';
import { ReportWording } from '../languages/report-wording.js';
import { headline } from './day-page.js';
import { pageFrame } from './page-frame.js';
import { trendLine } from './trend-line.js';
import { changeText, happenedText, slopeText, trendTitle, weekTitle } from './week-wording.js';

type Trend = WeeklyReportPayload['trends'][number];

/** A weekly report as one page. @param name of the device, for the heading */
export function weekPage(report: WeeklyReportPayload, name: string, lang: ReportLanguageCode): string {
  const wording = new ReportWording(REPORT_LANGUAGES[lang], report.timeZone);
  const title = weekTitle(report, wording);
  const [moved, still] = [report.trends.filter(hasMoved), report.trends.filter((trend) => !hasMoved(trend))];
  return pageFrame(
    lang,
    `${name}: ${title}`,
    html`<h1>${title}</h1>
<p class="soft">${headline(report, name, wording)}</p>
<p class="soft">${wording.say('twelveWeeks')}</p>
<div class="charts">${[...moved, ...still].map((trend) => trendBlock(trend, wording))}</div>
${report.trends.length === 0 && html`<p>${wording.say('notKnown')}</p>`}
<p class="soft">${wording.say('reading')}</p>`,
  );
}

const hasMoved = ({ slope, changes }: Trend): boolean => slope !== null || changes.length > 0;

function trendBlock(trend: Trend, wording: ReportWording): Markup {
  const { figure, days, week, usual, changes } = trend;
  const title = trendTitle(trend, wording);
  const chart = trendLine(days, changes, {
    title,
    number: (n) => wording.figure(figure, n),
    date: (date) => wording.shortDate(date),
  });
  return html`<figure><figcaption><b>${title}</b><br>${wording.say('week')}: ${wording.figure(figure, week)}, ${wording.say('weeksBefore')}: ${wording.figure(figure, usual)}</figcaption>${chart}
<p class="soft">${wording.say('trend')}: ${slopeText(trend, wording)}</p>
${changes.map(
  (
    change,
  ) => html`<div class="advice"><strong>${changeText(trend, change, wording)}</strong><p>${wording.say('happened')}:</p>
${change.happened.length === 0 ? html`<p>${wording.say('nothingHappened')}</p>` : html`<ul class="notes">${change.happened.map((one) => html`<li>${happenedText(one, wording)}</li>`)}</ul>`}</div>`,
)}</figure>`;
}
