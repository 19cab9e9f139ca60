import { html, type Markup } from '../../foundation/markup.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import type { DatabasePerformance } from './database-report.js';
import { serverLines, whyIdle } from './server-wording.js';
import { milliseconds } from './wording.js';

/** Rows of a table that are shown. */
const SHOWN = 20;

/** What a server of PostgreSQL tells of itself, as a part of the page; null of a file. */
export function serverSection({ server }: DatabasePerformance): Markup | null {
  if (server === null) return null;
  const { waits, upkeep, idleIndexes } = server;
  return html`<h2>Server</h2>
<ul>${serverLines(server).map((line) => html`<li>${line}</li>`)}</ul>
${
  waits.length > 0 &&
  html`<h2>Waiting for locks</h2>
<table><thead><tr><th>process</th><th>for</th><th class="say">lock</th><th>held by</th><th class="say">statement</th></tr></thead><tbody>
${waits.map(({ pid, ms, lock, blockedBy, text }) => html`<tr><td>${pid}</td><td>${milliseconds(ms)}</td><td class="say">${lock}</td><td>${blockedBy.join(', ')}</td><td class="say">${text}</td></tr>`)}
</tbody></table>`
}
<h2>Dead rows</h2>
<table><thead><tr><th>table</th><th>dead</th><th>share</th><th>last vacuum</th><th>last analyze</th></tr></thead><tbody>
${upkeep.slice(0, SHOWN).map(({ table, deadRows, deadShare, lastVacuum, lastAnalyze }) => html`<tr><td>${table}</td><td>${deadRows}</td><td>${Math.round(deadShare * 100)} %</td><td>${lastVacuum ?? 'never'}</td><td>${lastAnalyze ?? 'never'}</td></tr>`)}
</tbody></table>
${
  idleIndexes.length > 0 &&
  html`<h2>Indexes that are kept up for nothing</h2>
${idleIndexes.map((index) => html`<pre>${index.sql};</pre><p>${whyIdle(index)}; ${mebibytes(index.bytes)}</p>`)}`
}`;
}
