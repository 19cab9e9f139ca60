const MAX_LINE = 120;

/**
 * JSON as manifests are written by hand: two spaces, and a list of plain values on one line where it fits, so that a
 * difference between two manifests shows what changed and nothing else. Ends with a line break.
 */
export function formatManifest(value: unknown): string {
  return `${format(value, '', 0)}\n`;
}

/** @param taken characters that stand on the line already */
function format(value: unknown, indent: string, taken: number): string {
  if (Array.isArray(value)) return formatList(value, indent, taken);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  const inner = `${indent}  `;
  const lines = entries.map(([key, item]) => {
    const name = `${inner}${JSON.stringify(key)}: `;
    return name + format(item, inner, name.length);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function formatList(list: readonly unknown[], indent: string, taken: number): string {
  if (list.length === 0) return '[]';
  if (list.every((item) => item === null || typeof item !== 'object')) {
    const line = `[${list.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (taken + line.length < MAX_LINE) return line;
  }
  const inner = `${indent}  `;
  return `[\n${list.map((item) => inner + format(item, inner, inner.length)).join(',\n')}\n${indent}]`;
}
