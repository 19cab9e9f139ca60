import { html, type Markup } from '../../foundation/markup.js';
import type { DailyValue } from '../week/daily-values.js';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [360, 110, 62, 16, 10];

/** Values day by day; a day of which nothing is known breaks the line. Days on which a new level begins are marked. */
export function trendLine(
  days: readonly DailyValue[],
  changes: readonly { readonly date: string }[],
  { title, number, date }: { title: string; number: (n: number) => string; date: (date: string) => string },
): Markup {
  const known = days.flatMap(({ value }) => value ?? []);
  const [least, most] = rangeOf(known);
  const x = (index: number): number => LEFT + (index / Math.max(1, days.length - 1)) * (WIDTH - LEFT - 4);
  const y = (value: number): number => HEIGHT - BOTTOM - ((value - least) / (most - least)) * (HEIGHT - BOTTOM - TOP);
  const first = days.findIndex(({ value }) => value !== null);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${[least, most].map((value) => html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" class="grid"/><text x="${LEFT - 4}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${number(value)}</text>`)}
${changes.map((change) => {
  const at = x(days.findIndex((day) => day.date === change.date)).toFixed(1);
  return html`<line x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" class="change"><title>${date(change.date)}</title></line>`;
})}
${stretches(days).map((stretch) => html`<polyline points="${stretch.map(({ index, value }) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}" class="line"/>`)}
${known.length > 0 && html`<text x="${x(first).toFixed(1)}" y="${HEIGHT - 3}">${date(days[first]!.date)}</text>`}
<text x="${WIDTH - 2}" y="${HEIGHT - 3}" text-anchor="end">${date(days.at(-1)!.date)}</text>
</svg>`;
}

function stretches(days: readonly DailyValue[]): { index: number; value: number }[][] {
  const found: { index: number; value: number }[][] = [];
  let isOpen = false;
  for (const [index, { value }] of days.entries()) {
    if (value !== null && isOpen) found.at(-1)!.push({ index, value });
    else if (value !== null) found.push([{ index, value }]);
    isOpen = value !== null;
  }
  // a day between two of which nothing is known would be no line
  return found.map((stretch) =>
    stretch.length === 1 ? [stretch[0]!, { ...stretch[0]!, index: stretch[0]!.index + 0.4 }] : stretch,
  );
}

function rangeOf(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most > least) return [least, most];
  return least === 0 ? [0, 1] : [least - Math.abs(least) / 10, most + Math.abs(most) / 10];
}
