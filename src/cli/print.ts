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

/** Bytes as people read them: `1.25 MiB`. */
export function mebibytes(bytes: number): string {
  return bytes >= 100 * 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

/** Columns as wide as their widest cell; the last may be of any length. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  for (const row of [head, ...rows]) {
    print(
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    );
  }
}
