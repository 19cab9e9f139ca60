import { html, Markup } from '../../foundation/markup.js';
import { PAGE_STYLE } from '../../foundation/page-style.js';
import { type Outcome, relativeAccuracy, type WorkshopReport } from '../workshop/outcome.js';
import { accuracyChart, sensitivityChart, sizeChart } from './charts.js';
import { examplePairs } from './example-pairs.js';
import {
  circumstances,
  decision,
  goLive,
  megabytes,
  ms,
  notesOf,
  READING,
  share,
  times,
  verdictText,
} from './wording.js';

/** The report as one HTML page that needs nothing else: no network, no script. Names in it are escaped. */
export function reportPage(report: WorkshopReport): string {
  const title = `${report.model} on ${report.target}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}: variants</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
<p class="soft">Which variants of this model were made, what they keep of its accuracy, and what they save.</p>
${decisionBlock(report)}
${variantTable(report)}
${refusals(report)}
${charts(report)}
${classTable(report)}
${examplePairs(report)}
${making(report)}
</body>
</html>
`;
  return page.text;
}

function decisionBlock(report: WorkshopReport): Markup {
  const { headline, details } = decision(report);
  const command = goLive(report);
  return html`<section class="decision${report.recommended === null ? ' none' : ''}">
<strong>${headline}</strong>
<ul>${details.map((line) => html`<li>${line}</li>`)}</ul>
${command && html`<pre><code>${command}</code></pre>`}
</section>`;
}

function variantTable({ outcomes, recommended }: WorkshopReport): Markup {
  const isLabelled = outcomes.some(({ ap }) => ap !== null);
  const row = (outcome: Outcome): Markup => {
    const { id, verdict, gate, speed, bytes, ap: own } = outcome;
    const ap = isLabelled && html`<td>${share(own?.ap50)}</td><td>${share(own?.ap5095)}</td>`;
    return html`<tr class="${verdict}${id === recommended ? ' best' : ''}"><td>${id}</td>
<td class="left"><span class="badge ${verdict}">${verdictText(outcome)}</span></td>
<td>${share(relativeAccuracy(outcome))}</td><td>${share(gate?.f1)}</td><td>${share(gate?.recall)}</td><td>${share(gate?.precision)}</td>${ap}
<td>${ms(speed?.p50Ms)}</td><td>${ms(speed?.p95Ms)}</td><td>${times(speed?.speedup)}</td><td>${megabytes(bytes)}</td></tr>`;
  };
  return html`<h2>Variants</h2>
<div class="scroll"><table>
<thead><tr><th>variant</th><th class="left">verdict</th><th>accuracy<br>kept</th><th>F1</th><th>recall</th><th>precision</th>
${isLabelled && html`<th>AP50</th><th>AP50:95</th>`}<th>ms<br>median</th><th>ms<br>95 of 100</th><th>speed</th><th>MB</th></tr></thead>
<tbody>${outcomes.map(row)}</tbody>
</table></div>`;
}

function refusals({ outcomes, minF1 }: WorkshopReport): Markup | null {
  const refused = outcomes.filter(({ verdict }) => verdict === 'refused');
  if (refused.length === 0) return null;
  return html`<h2>Refused</h2>
<p class="soft">Not in the registry, so nothing can run them. The gate asks for F1 of at least ${minF1}.</p>
<div class="scroll"><table class="facts"><tbody>${refused.map(({ id, reason }) => html`<tr><td>${id}</td><td class="left wide">${reason}</td></tr>`)}</tbody></table></div>`;
}

function charts(report: WorkshopReport): (Markup | null)[] {
  const { outcomes, recommended, int8, reference } = report;
  const parent = outcomes.find(({ id }) => id === reference)!;
  return [
    figure(
      'Accuracy against latency',
      accuracyChart(outcomes, recommended),
      'Up and to the left is better. The large mark is the recommended variant, hollow ones were refused.',
    ),
    figure(
      'File sizes',
      sizeChart(outcomes, parent.width, parent.height),
      'Of the variants at the default size; other sizes use the same files.',
    ),
    figure(
      'Sensitivity of the layers to int8',
      int8 && sensitivityChart(int8.sensitivity),
      'The noisiest layers first. Dashed: kept in float, because it costs accuracy in int8 or because it is the head’s last layer.',
    ),
  ];
}

function figure(title: string, svg: string | null, caption: string): Markup | null {
  return svg === null
    ? null
    : html`<h2>${title}</h2><figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

function classTable({ outcomes, recommended }: WorkshopReport): Markup | null {
  const gate = outcomes.find(({ id }) => id === recommended)?.gate;
  if (!gate) return null;
  const { boxError, scoreDrift } = gate;
  const ap = new Map(gate.labelled?.variant.perClass.map((one) => [one.name, one.ap50]));
  const parentAp = new Map(gate.labelled?.parent.perClass.map((one) => [one.name, one.ap50]));
  const rows = gate.perClass.map(
    ({ name, reference, f1, recall }) =>
      html`<tr><td>${name}</td><td>${reference}</td><td>${share(f1)}</td><td>${share(recall)}</td>${
        gate.labelled && html`<td>${share(ap.get(name))}</td><td>${share(parentAp.get(name))}</td>`
      }</tr>`,
  );
  return html`<h2>Class by class: ${recommended}</h2>
<div class="scroll"><table>
<thead><tr><th>class</th><th>vehicles</th><th>F1</th><th>recall</th>${gate.labelled && html`<th>AP50</th><th>AP50 of fp32</th>`}</tr></thead>
<tbody>${rows}</tbody></table></div>
<p>Boxes overlap those of fp32 by ${share(boxError.meanIou)} on average; 95 of 100 corners are less than ${boxError.p95CornerPx.toFixed(1)} px away.
Scores drift by ${scoreDrift.mean.toFixed(3)} on average, 95 of 100 by less than ${scoreDrift.p95.toFixed(3)}.</p>`;
}

function making(report: WorkshopReport): Markup {
  const list = (rows: readonly (readonly [string, string])[]) =>
    html`<dl>${rows.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
  const { int8, outcomes } = report;
  const methods = Object.entries(int8?.scores ?? {}).map(([method, f1]) => `${method} ${share(f1)}`);
  const notes = notesOf(report).map(
    ({ about, text }) => html`<li>${about !== '' && html`<code>${about}</code> `}${text}</li>`,
  );
  return html`<h2>How it was made</h2>
${list(circumstances(report))}
${int8 && html`<p>int8 calibration by ${int8.method}${methods.length > 1 ? ` (F1 on the frames to choose by: ${methods.join(', ')})` : ''}.</p>`}
<h3>Steps</h3>
<div class="scroll"><table class="facts"><tbody>${outcomes.map(({ id, madeBy }) => html`<tr><td>${id}</td><td class="left wide">${madeBy}</td></tr>`)}</tbody></table></div>
${notes.length > 0 && html`<h3>Notes</h3><ul class="notes">${notes}</ul>`}
<h2>How to read it</h2>
${list(READING)}`;
}
