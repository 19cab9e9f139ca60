import { html, type Markup } from '../../foundation/markup.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { Interruption } from '../day/availability.js';
import { localDay } from '../day/local-day.js';
import { REPORT_LANGUAGES, type ReportLanguageCode } from '../languages/report-languages.js';
import { ReportWording } from '../languages/report-wording.js';
import { availabilityText } from './availability-text.js';
import { dayStrip } from './day-strip.js';
import { dayTables, type ReportTable } from './day-tables.js';
import { dayTiles } from './day-tiles.js';
import { hourBars } from './hour-bars.js';
import { pageFrame, pageTable } from './page-frame.js';

/** A daily report as one page. @param name of the device, for the heading */
export function dayPage(report: DailyReportPayload, name: string, lang: ReportLanguageCode): string {
  const wording = new ReportWording(REPORT_LANGUAGES[lang], report.timeZone);
  const title = `${wording.say('dailyTitle')}, ${wording.longDate(report.date)}`;
  return pageFrame(
    lang,
    `${name}: ${title}`,
    html`<h1>${title}</h1>
<p class="soft">${headline(report, name, wording)}</p>
${lengthText(report, wording).map((text) => html`<p class="soft">${text}</p>`)}
<div class="tiles">${dayTiles(report, wording).map(({ title: what, value, note }) => html`<div class="tile"><span>${what}</span><b>${value}</b><span>${note}</span></div>`)}</div>
<h2>${wording.say('recommendations')}</h2>
${adviceBlock(report, wording)}
<h2>${wording.say('byHour')}</h2>
${trafficCharts(report, wording)}
<h2>${wording.say('availabilityTitle')}</h2>
${availabilityCharts(report, wording)}
${dayTables(report, wording).map(tableBlock)}
<p class="soft">${wording.say('reading')}</p>`,
  );
}

/** Who it is about, where its clocks are, and when it was made. */
export function headline(
  { tenant, timeZone, madeAt }: Pick<DailyReportPayload, 'tenant' | 'timeZone' | 'madeAt'>,
  name: string,
  wording: ReportWording,
): string {
  const whose = tenant === null ? name : `${name}, ${wording.say('ofTenant', { tenant })}`;
  return `${whose} · ${timeZone} · ${wording.say('madeAt', { time: wording.moment(madeAt) })}`;
}

/** That the day goes on, or had more or fewer hours than others; nothing of any other. */
export function lengthText({ date, timeZone, to, hours }: DailyReportPayload, wording: ReportWording): string[] {
  if (to < localDay(date, timeZone).to) return [wording.say('soFar', { time: wording.time(to) })];
  return hours === 24 ? [] : [wording.say('longDay', { hours: wording.number(hours, 1) })];
}

function adviceBlock({ recommendations }: DailyReportPayload, wording: ReportWording): Markup {
  if (recommendations.length === 0) return html`<div class="advice fine">${wording.say('nothingToDo')}</div>`;
  return html`${recommendations.map((one) => {
    const { what, why, since, gain } = wording.recommended(one);
    return html`<div class="advice"><strong>${what}</strong><p>${why} <span class="soft">${since}</span></p><p>${gain}</p><pre>${one.command}</pre></div>`;
  })}`;
}

function trafficCharts({ cameras }: DailyReportPayload, wording: ReportWording): Markup {
  const counted = cameras.filter(({ traffic }) => traffic !== null);
  if (counted.length === 0) return html`<p>${wording.say('noTraffic')}</p>`;
  const isPartly = counted.some(({ traffic }) => traffic!.hours.some(({ coverage }) => coverage < 0.995));
  return html`<div class="charts">${counted.map(({ camera, traffic }) => {
    const { place, vehicles, hours } = traffic!;
    const bars = hours.map(({ at, vehicles: value, coverage }) => ({ label: wording.time(at), value, coverage }));
    const title = `${camera} ${wording.say('atPlace', { place })}: ${wording.number(vehicles)}`;
    return html`<figure><figcaption><b>${camera}</b> ${wording.say('atPlace', { place })}: ${wording.number(vehicles)}</figcaption>${hourBars(bars, { title, number: (n) => wording.number(n, 1) })}</figure>`;
  })}</div>
${isPartly && html`<p class="soft">${wording.say('hourNotSeen')}</p>`}`;
}

function availabilityCharts({ program, cameras, from, to }: DailyReportPayload, wording: ReportWording): Markup {
  const { causes } = wording.language;
  const strip = (
    name: string,
    share: number | null,
    outages: readonly Interruption[],
    count: number,
    since: number | null,
  ) => {
    const how = availabilityText({ share, count, since, to }, wording);
    const before: Interruption | null =
      since === null ? null : { from, to: Math.min(since, to), cause: 'not-measured' };
    const unknown: readonly Interruption[] =
      share === null && before === null ? [{ from, to, cause: 'not-measured' }] : [];
    const shown = before === null ? [...unknown, ...outages] : [before, ...outages];
    const drawn = dayStrip(
      shown,
      { from, to },
      {
        title: `${name}: ${how}`,
        time: (at) => wording.time(at),
        cause: (outage) => (outage === before ? wording.say('notYet') : causes[outage.cause]),
      },
    );
    return html`<figure><figcaption><b>${name}</b> ${how}</figcaption>${drawn}</figure>`;
  };
  return html`<div class="charts">${strip(wording.say('program'), program.ran, program.outages, program.outageCount, null)}
${cameras.map(({ camera, served, outages, outageCount, since }) => strip(camera, served, outages, outageCount, since))}</div>`;
}

/** A table beneath its heading; without rows what is said instead, or nothing. */
function tableBlock({ title, head, rows, none, ...columns }: ReportTable): Markup | null {
  if (rows.length === 0) return none === undefined ? null : html`<h2>${title}</h2><p>${none}</p>`;
  return html`<h2>${title}</h2>${pageTable(head, rows, columns)}`;
}
