import { html, Markup } from '../../foundation/markup.js';
import { STRIDE } from '../../frame/detections.js';
import type { Disagreement, WorkshopReport } from '../workshop/outcome.js';

/** Frames with the parent's boxes on the left and the variant's on the right; null where there are no pictures. */
export function examplePairs({ disagreements, classes, outcomes }: WorkshopReport): Markup | null {
  const shown = disagreements.filter(({ jpeg }) => jpeg !== null);
  if (shown.length === 0) return null;
  const refused = new Set(outcomes.flatMap(({ id, verdict }) => (verdict === 'refused' ? [id] : [])));
  const album = new Album();
  const pairs = shown.map((one) => pair(one, classes, refused.has(one.variant), album));
  return html`<h2>Side by side, worst first</h2>
<p class="soft">The held-back frames on which variant and parent agree least.
<span class="key both"></span>both have it <span class="key lost"></span>only the parent has it <span class="key new"></span>only the variant has it</p>
${pairs}`;
}

/** A picture stands in the page once, where it is first shown; elsewhere that one is shown again. */
class Album {
  readonly #ids = new Map<Uint8Array, string>();

  show({ jpeg, width, height }: Disagreement): Markup {
    const known = this.#ids.get(jpeg!);
    if (known) return html`<use href="#${known}"/>`;
    const id = `frame-${this.#ids.size}`;
    this.#ids.set(jpeg!, id);
    const data = Buffer.from(jpeg!).toString('base64');
    return html`<image id="${id}" width="${width}" height="${height}" href="data:image/jpeg;base64,${new Markup(data)}"/>`;
  }
}

function pair(one: Disagreement, classes: readonly string[], isRefused: boolean, album: Album): Markup {
  const { parent, variant, parentRows, variantRows, agreed, missed, added, frame } = one;
  const view = (name: string, rows: readonly number[], alone: readonly number[], mark: string) => html`<figure>
<svg class="view" role="img" aria-label="${name} on ${frame}" viewBox="0 0 ${one.width} ${one.height}">${album.show(one)}${boxes(rows, new Set(alone), mark, classes)}</svg>
<figcaption>${name}</figcaption></figure>`;
  const counts = `${agreed} agreed, ${missed.length} lost, ${added.length} new`;
  return html`<h3>${frame}: ${counts}${isRefused ? ` (${variant} was refused)` : ''}</h3>
<div class="pair">${view(parent, parentRows, missed, 'lost')}${view(variant, variantRows, added, 'new')}</div>`;
}

/** A box's title shows class and score when the pointer rests on it. */
function boxes(
  rows: readonly number[],
  alone: ReadonlySet<number>,
  mark: string,
  classes: readonly string[],
): Markup[] {
  return Array.from({ length: rows.length / STRIDE }, (_, row) => {
    const at = row * STRIDE;
    const [x, y] = [rows[at]!, rows[at + 1]!];
    const title = `${classes[rows[at + 5]!] ?? 'unknown'} ${Math.round(rows[at + 4]! * 100)} %`;
    return html`<rect class="${alone.has(row) ? mark : 'both'}" x="${px(x)}" y="${px(y)}" width="${px(rows[at + 2]! - x)}" height="${px(rows[at + 3]! - y)}"><title>${title}</title></rect>`;
  });
}

const px = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '0');
