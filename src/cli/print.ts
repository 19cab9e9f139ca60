/** What would break a line in two, move the cursor of a terminal, or turn a text round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const STEERING = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** A text of strangers, fit for a line. */
export function oneLine(text: string): string {
  return text.replace(STEERING, ' ');
}

/** A line on stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON object on a line of its own. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** A line of a CSV file. */
export function printCsv(cells: readonly (string | number)[]): void {
  print(cells.map((cell) => quoted(`${cell}`)).join(','));
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Columns as wide as their widest cell; the last may be of any length. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines([head, ...rows])) print(line);
}

/** The lines of a table, in which every column is as wide as its widest cell. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}
