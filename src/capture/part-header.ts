/** Of a line between two pictures, in UTF-16 units; what is longer is no header. */
const LONGEST_LINE = 1000;

/** What stands between two pictures of a multipart stream, read line by line and believed no more than needed. */
export class PartHeader {
  readonly #announced: string | null;
  #odd = '';
  /** The line that the part begins with, as it is written there; null where none was seen. */
  boundary: string | null = null;
  /** Bytes of its body, as it says; null where it does not. */
  length: number | null = null;
  /** Its content type, without parameters. */
  type: string | null = null;

  /** @param announced the boundary that the answer's content type names */
  constructor(announced: string | null) {
    this.#announced = announced?.replace(/^--/, '') ?? null;
  }

  /** @returns whether the line begins another part */
  take(line: string): boolean {
    const text = line.trim();
    if (text === '' || text.length > LONGEST_LINE) return false;
    const [, before = '', name, value = ''] = /^(.*?)(content-(?:type|length))\s*:\s*(.*)$/i.exec(text) ?? [];
    // some cameras have no line break behind the boundary
    const begins = this.#isBoundary(name === undefined ? text : before);
    if (begins) this.#begin(name === undefined ? text : before);
    if (name === undefined) {
      if (!begins && !/^[\w-]*\s*:/.test(text)) this.#odd = text;
      return begins;
    }
    // a boundary without dashes, other than the announced one
    if (this.boundary === null && this.#odd !== '') this.boundary = this.#odd;
    if (begins || before === '') this.#takeHeader(name.toLowerCase(), value);
    return begins;
  }

  /** The part's picture is here: what comes now belongs to another. */
  close(): void {
    this.length = null;
    this.type = null;
  }

  #isBoundary(text: string): boolean {
    if (text.startsWith('--')) return text.length > 2;
    return this.#announced !== null && text !== '' && text.replace(/--$/, '') === this.#announced;
  }

  #begin(boundary: string): void {
    this.close();
    this.boundary = boundary;
    this.#odd = '';
  }

  #takeHeader(name: string, value: string): void {
    if (name === 'content-type') this.type = value.replace(/;.*$/, '').trim().toLowerCase();
    else if (/^\d{1,12}$/.test(value)) this.length = Number(value);
  }
}
