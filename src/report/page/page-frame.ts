import { html, Markup } from '../../foundation/markup.js';
import { REPORT_STYLE } from './report-style.js';

/** One HTML page that needs nothing else: no network, no script. What is put in is escaped. */
export function pageFrame(lang: string, title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(REPORT_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

/** A table that is scrolled where a phone is too narrow for it; nothing where it has no rows. @param columns of sentences, and of words, which begin at the left */
export function pageTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { say = [], left = [] }: { readonly say?: readonly number[]; readonly left?: readonly number[] } = {},
): Markup | null {
  if (rows.length === 0) return null;
  const kind = (index: number) => (say.includes(index) ? ' class="say"' : left.includes(index) ? ' class="left"' : '');
  const cells = (tag: 'th' | 'td', row: readonly string[]) =>
    row.map((text, index) => html`${new Markup(`<${tag}${kind(index)}>`)}${text}${new Markup(`</${tag}>`)}`);
  return html`<div class="scroll"><table><thead><tr>${cells('th', head)}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${cells('td', row)}</tr>
`,
)}</tbody></table></div>`;
}
