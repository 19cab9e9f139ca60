/** A Python literal as exporters print them into a model's metadata; a dict with its keys as text. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[] | ReadonlyMap<string, PythonValue>;

const WORDS: Readonly<Record<string, boolean | null>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
/** No list of names is nested deeper. */
const MAX_DEPTH = 8;

/**
 * Reads what `str()` or `json.dumps` wrote: `{0: 'person', 1: "driver's car"}`, `[640, 640]`, `True`.
 * @returns undefined for anything else
 */
export function parsePythonLiteral(text: string): PythonValue | undefined {
  try {
    const reader = new LiteralReader(text);
    const value = reader.value(0);
    return reader.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonValue {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    const first = this.#peek();
    if (first === '{') return this.#dict(depth);
    if (first === '[') return this.#list(']', depth);
    if (first === '(') return this.#list(')', depth);
    if (first === "'" || first === '"') return this.#string(first);
    return this.#word();
  }

  atEnd(): boolean {
    return this.#peek() === '';
  }

  #dict(depth: number): ReadonlyMap<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    this.#at++;
    while (!this.#take('}')) {
      const key = String(this.value(depth + 1));
      if (!this.#take(':')) throw new SyntaxError('a dict without a colon');
      entries.set(key, this.value(depth + 1));
      if (!this.#take(',') && this.#peek() !== '}') throw new SyntaxError('a dict without an end');
    }
    return entries;
  }

  #list(end: string, depth: number): PythonValue[] {
    const values: PythonValue[] = [];
    this.#at++;
    while (!this.#take(end)) {
      values.push(this.value(depth + 1));
      if (!this.#take(',') && this.#peek() !== end) throw new SyntaxError('a list without an end');
    }
    return values;
  }

  #string(quote: string): string {
    let value = '';
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new SyntaxError('a string without an end');
      if (char === quote) break;
      if (char !== '\\') value += char;
      else {
        const escaped = this.#text[++this.#at] ?? '';
        value += ESCAPES[escaped] ?? escaped;
      }
    }
    this.#at++;
    return value;
  }

  #word(): string | number | boolean | null {
    const word = /^[\w.+-]+/.exec(this.#text.slice(this.#at, this.#at + 64))?.[0] ?? '';
    this.#at += word.length;
    if (Object.hasOwn(WORDS, word)) return WORDS[word]!;
    if (word === '' || !Number.isFinite(Number(word))) throw new SyntaxError(`not a literal: ${word}`);
    return Number(word);
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  /** The next character that is no space; '' at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at] ?? '';
  }
}
