import { html, Markup } from '../../foundation/markup.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import { PAGE_STYLE } from '../../foundation/page-style.js';
import type { DatabasePerformance, ReportedQuery } from './database-report.js';
import { serverSection } from './server-section.js';
import { milliseconds, trendInWords, whyNeedless } from './wording.js';

const STYLE = `${PAGE_STYLE}
.bar { display: inline-block; width: 80px; height: 8px; border-radius: 4px; background: var(--line); vertical-align: middle; }
.bar i { display: block; height: 8px; border-radius: 4px; background: var(--accent); }
.score { font-size: 44px; font-weight: 600; margin: 12px 0; }
td.say, th.say { text-align: left; white-space: normal; min-width: 260px; }
pre { background: var(--panel); padding: 8px 12px; border-radius: 6px; overflow-x: auto; white-space: pre-wrap; }
`;
const SHOWN = 20;
const LINE_END = new Markup('\n');

/** The report as one HTML page that needs nothing else: no network, no script. Names and statements in it are escaped. */
export function databasePage(report: DatabasePerformance): string {
  const { database, at, bytes, health } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${database}: health</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<h1>${database}</h1>
<p class="soft">${mebibytes(bytes)}, at ${at}</p>
<p class="score">${health.score ?? '-'} <span class="soft">of 100</span></p>
${trendBlock(report)}
${healthTable(report)}
${adviceBlock(report)}
${queriesBlock(report)}
${tablesBlock(report)}
${serverSection(report)}
${notesBlock(report)}
</body>
</html>
`.text;
}

/** The scores of the kept reports and this one from left to right by time, 0 at the bottom and 100 at the top. */
function trendBlock({ trend, at, health }: DatabasePerformance): Markup | null {
  if (trend === null) return null;
  const scores = [...trend.moments, { at, score: health.score }].flatMap(({ at: time, score }) =>
    score === null ? [] : [{ x: Date.parse(time), y: score }],
  );
  const [first, last] = [scores[0]?.x ?? 0, scores.at(-1)?.x ?? 0];
  const points = scores.map(
    ({ x, y }) => `${(((x - first) / (last - first || 1)) * 600).toFixed(1)},${(100 - y).toFixed(1)}`,
  );
  return html`${points.length > 1 && html`<figure><svg viewBox="0 -4 600 108" role="img" aria-label="health over time"><polyline points="${points.join(' ')}" fill="none" stroke="var(--accent)" stroke-width="2"/></svg></figure>`}
${trendInWords(trend).map((line) => html`<p>${line}</p>`)}`;
}

function healthTable({ health }: DatabasePerformance): Markup {
  return html`<h2>Health</h2>
<table><thead><tr><th>part</th><th></th><th>value</th><th>goal</th><th class="say">what to do</th></tr></thead><tbody>
${health.parts.map(
  ({ name, score, value, goal, remedy }) =>
    html`<tr><td>${name}</td><td>${score === null ? 'not measured' : bar(score)}</td><td>${value}</td><td>${goal}</td><td class="say">${remedy === null ? '' : sentence(remedy)}</td></tr>`,
)}
</tbody></table>`;
}

function adviceBlock({ advice }: DatabasePerformance): Markup | null {
  if (advice === null) return null;
  const { create, drop, beforeMs, afterMs, how } = advice;
  if (create.length + drop.length === 0) return html`<h2>Indexes</h2><p>No index would make it faster.</p>`;
  return html`<h2>Indexes</h2>
<p>The workload takes ${milliseconds(beforeMs)} now, and ${milliseconds(afterMs)} with the indexes to make, ${how}.</p>
${create.map(
  ({ sql, savesMs, bytes, statements }) =>
    html`<pre>${sql};</pre><p>saves ${milliseconds(savesMs)}, takes ${mebibytes(bytes)}; for ${statements.map((statement) => html`<code>${statement.sql}</code> `)}</p>`,
)}
${drop.length > 0 && html`<p>These it could do without, as far as this workload goes:</p>`}
${drop.map((index) => html`<pre>${index.sql};</pre><p>${whyNeedless(index)}; ${mebibytes(index.bytes)}</p>`)}`;
}

function queriesBlock({ queries, failed }: DatabasePerformance): Markup | null {
  if (queries.length + failed.length === 0) return null;
  return html`<h2>Queries</h2>
${queries.slice(0, SHOWN).map(queryBlock)}
${failed.map(({ sql, why }) => html`<pre>${sql}</pre><p>could not be run: ${why}</p>`)}`;
}

function queryBlock({ text, calls, meanMs, p95Ms, share, plan, smells }: ReportedQuery): Markup {
  return html`<pre>${text}</pre>
<p>${bar(share)} ${Math.round(share * 100)} % of the time; ${calls} ${calls === 1 ? 'time' : 'times'}, ${milliseconds(meanMs)} each${p95Ms !== null && html`, 95 % within ${milliseconds(p95Ms)}`}</p>
${plan !== null && html`<pre>${plan.map((step) => html`${step}${LINE_END}`)}</pre>`}
${smells.length > 0 && html`<ul>${smells.map(({ seen, remedy }) => html`<li>${seen}: ${sentence(remedy)}</li>`)}</ul>`}`;
}

function tablesBlock({ tables }: DatabasePerformance): Markup {
  return html`<h2>Tables</h2>
<table><thead><tr><th>table</th><th>rows</th><th>size</th><th>indexes</th></tr></thead><tbody>
${tables.map(({ name, rows, bytes, indexBytes }) => html`<tr><td>${name}</td><td>${rows}</td><td>${mebibytes(bytes)}</td><td>${mebibytes(indexBytes)}</td></tr>`)}
</tbody></table>`;
}

function notesBlock({ notes }: DatabasePerformance): Markup | null {
  if (notes.length === 0) return null;
  return html`<h2>What could not be found out</h2>
<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

const bar = (share: number): Markup => html`<span class="bar"><i style="width:${Math.round(share * 100)}%"></i></span>`;

/** What stands between backquotes in a sentence is to be typed. */
const sentence = (text: string): Markup =>
  html`${text.split('`').map((part, at) => (at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))}`;
