import { markdownCell } from '../../foundation/markup.js';
import { type Outcome, relativeAccuracy, type WorkshopReport } from '../workshop/outcome.js';
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

/** The report as Markdown: everything but the charts and pictures of the page. */
export function reportMarkdown(report: WorkshopReport): string {
  const { headline, details } = decision(report);
  const command = goLive(report);
  return [
    `# ${markdownCell(report.model)} on ${report.target}`,
    `**${markdownCell(headline)}**`,
    details.map((line) => `- ${markdownCell(line)}`).join('\n'),
    ...(command ? [`\`\`\`\n${command}\n\`\`\``] : []),
    '## Variants',
    variantTable(report),
    ...refusals(report),
    ...classTable(report),
    ...sensitivity(report),
    '## How it was made',
    circumstances(report)
      .map(([name, text]) => `- ${name}: ${markdownCell(text)}`)
      .join('\n'),
    table(
      ['variant', 'steps'],
      report.outcomes.map(({ id, madeBy }) => [id, madeBy]),
    ),
    ...notes(report),
    '## How to read it',
    READING.map(([name, text]) => `- **${name}**: ${text}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function variantTable({ outcomes, recommended }: WorkshopReport): string {
  const isLabelled = outcomes.some(({ ap }) => ap !== null);
  const row = (outcome: Outcome): string[] => {
    const { id, gate, speed, bytes, ap } = outcome;
    return [
      id === recommended ? `${id} (recommended)` : id,
      verdictText(outcome),
      share(relativeAccuracy(outcome)),
      share(gate?.f1),
      share(gate?.recall),
      share(gate?.precision),
      ...(isLabelled ? [share(ap?.ap50), share(ap?.ap5095)] : []),
      ms(speed?.p50Ms),
      ms(speed?.p95Ms),
      times(speed?.speedup),
      megabytes(bytes),
    ];
  };
  const head = ['variant', 'verdict', 'accuracy kept', 'F1', 'recall', 'precision'];
  const labels = isLabelled ? ['AP50', 'AP50:95'] : [];
  return table([...head, ...labels, 'ms median', 'ms 95 of 100', 'speed', 'MB'], outcomes.map(row));
}

function refusals({ outcomes }: WorkshopReport): string[] {
  const refused = outcomes.filter(({ verdict }) => verdict === 'refused');
  if (refused.length === 0) return [];
  const rows = refused.map(({ id, reason }) => [id, reason ?? '']);
  return ['## Refused', table(['variant', 'reason'], rows)];
}

function classTable({ outcomes, recommended }: WorkshopReport): string[] {
  const gate = outcomes.find(({ id }) => id === recommended)?.gate;
  if (!gate) return [];
  const rows = gate.perClass.map(({ name, reference, f1, recall }) => [name, `${reference}`, share(f1), share(recall)]);
  return [`## Class by class: ${markdownCell(recommended!)}`, table(['class', 'vehicles', 'F1', 'recall'], rows)];
}

function sensitivity({ int8 }: WorkshopReport): string[] {
  const kept = int8?.sensitivity.filter(({ keptInFloat }) => keptInFloat) ?? [];
  if (kept.length === 0) return [];
  const rows = kept.map(({ node, op, sqnrDb, reason }) => [node, op, sqnrDb.toFixed(1), reason ?? '']);
  return ['## Layers kept in float', table(['layer', 'operator', 'noise ratio, dB', 'reason'], rows)];
}

function notes(report: WorkshopReport): string[] {
  const lines = notesOf(report).map(
    ({ about, text }) => `- ${markdownCell(about === '' ? text : `${about}: ${text}`)}`,
  );
  return lines.length > 0 ? ['### Notes', lines.join('\n')] : [];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(markdownCell)))].join('\n');
}
