import { html, type Markup } from '../../foundation/markup.js';

/** One hour of the chart. */
export interface HourBar {
  /** `07:00`. */
  readonly label: string;
  /** null: nobody saw. */
  readonly value: number | null;
  /** Share of the hour that was seen, 0..1. */
  readonly coverage: number;
}

/** Units of the drawing: as wide as a phone, so that its text is as large there as the text beside it. */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [360, 130, 44, 18, 10];
const LABEL_EVERY = 6;

/** Bars hour by hour; what was not seen is grey as far as it was not. */
export function hourBars(
  bars: readonly HourBar[],
  { title, number }: { title: string; number: (n: number) => string },
): Markup {
  const most = niceTop(Math.max(1, ...bars.map(({ value }) => value ?? 0)));
  const step = (WIDTH - LEFT) / bars.length;
  const floor = HEIGHT - BOTTOM;
  const height = (value: number) => (value / most) * (floor - TOP);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${[0, 0.5, 1].map((share) => html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(floor - height(most * share))}" y2="${y(floor - height(most * share))}" class="grid"/><text x="${LEFT - 4}" y="${y(floor - height(most * share) + 4)}" text-anchor="end">${number(most * share)}</text>`)}
${bars.map(({ label, value, coverage }, index) => {
  const x = LEFT + index * step;
  const seen = html`<title>${label}: ${value === null ? '–' : number(value)}</title>`;
  return html`<g>${seen}${coverage < 0.995 && html`<rect x="${y(x)}" y="${TOP}" width="${y(step)}" height="${y((floor - TOP) * (1 - coverage))}" class="unseen"/>`}${value !== null && html`<rect x="${y(x + step * 0.12)}" y="${y(floor - height(value))}" width="${y(step * 0.76)}" height="${y(height(value))}" class="bar"/>`}${index % LABEL_EVERY === 0 && html`<text x="${y(x)}" y="${HEIGHT - 4}">${label}</text>`}</g>`;
})}
</svg>`;
}

const y = (value: number): string => value.toFixed(1);

/** The next of 1, 2, 4, 5, 10 … that holds it. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((factor) => factor * power).find((top) => top >= most)!;
}
