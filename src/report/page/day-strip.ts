import { html, type Markup } from '../../foundation/markup.js';
import type { Interruption } from '../day/availability.js';

const [WIDTH, HEIGHT, ROW] = [360, 26, 14];

/** A day from left to right: what was there, and in other colours and heights what was not. */
export function dayStrip(
  outages: readonly Interruption[],
  day: { readonly from: number; readonly to: number },
  { title, time, cause }: { title: string; time: (at: number) => string; cause: (outage: Interruption) => string },
): Markup {
  const x = (at: number): number => ((at - day.from) / (day.to - day.from)) * WIDTH;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => day.from + share * (day.to - day.from));
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<rect x="0" y="0" width="${WIDTH}" height="${ROW}" rx="2" class="there"/>
${outages.map((outage) => {
  const from = Math.max(0, x(outage.from));
  const width = Math.max(1, Math.min(WIDTH, x(outage.to)) - from);
  return html`<rect x="${from.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="${ROW}" class="gone ${outage.cause}"><title>${time(outage.from)}–${time(outage.to)}: ${cause(outage)}</title></rect>`;
})}
${marks.map((at, index) => html`<text x="${x(at).toFixed(1)}" y="${HEIGHT - 2}" text-anchor="${index === 0 ? 'start' : index === marks.length - 1 ? 'end' : 'middle'}">${time(at)}</text>`)}
</svg>`;
}
