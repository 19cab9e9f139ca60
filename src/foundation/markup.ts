/** Text that is markup already: what `html` leaves as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

const SAFE: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Names come from models and file systems: none of them becomes markup. Control characters become spaces. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').replace(/[&<>"']/g, (character) => SAFE[character]!);
}

/** Template of markup: whatever is put in is escaped, unless it is Markup; lists are joined, null and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return new Markup(parts.map((part, at) => part + (at < values.length ? textOf(values[at]) : '')).join(''));
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join('');
  return escaped(String(value));
}

/** A name in a cell of a Markdown table. */
export function markdownCell(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').replace(/[\\`*_{}[\]<>#|~!&$]/g, (character) => `\\${character}`);
}
