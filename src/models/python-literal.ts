/** What a Python literal can be here: numbers, texts, true, false and None as null, lists, and dicts with texts for keys. */
export type Literal = number | string | boolean | null | readonly Literal[] | ReadonlyMap<string, Literal>;

/** Deeper ones nobody writes. */
const MAX_DEPTH = 20;
const WORDS = new Map<string, Literal>(
  Object.entries({ True: true, False: false, None: null, true: true, false: false, null: null }),
);
const ESCAPES = new Map(Object.entries({ n: '\n', t: '\t', r: '\r' }));

/**
 * Reads a value as Python's `repr` or as JSON writes it: `{0: 'car', 1: "driver's car"}`, `[640, 640]`, `('a', 'b')`.
 * @returns undefined for a text that is neither
 */
export function parseLiteral(text: string): Literal | undefined {
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    return reader.isAtEnd() ? value : undefined;
  } catch {
    return undefined;
  }
}

class Reader {
  #at = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.#blanks();
    return this.#at === this.text.length;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
    this.#blanks();
    const sign = this.text[this.#at];
    if (sign === '{') return this.#dict(depth);
    if (sign === '[') return this.#list(']', depth);
    if (sign === '(') return this.#list(')', depth);
    if (sign === "'" || sign === '"') return this.#string(sign);
    return this.#word();
  }

  #dict(depth: number): Literal {
    const entries = new Map<string, Literal>();
    this.#at++;
    while (!this.#take('}')) {
      const key = String(this.value(depth + 1));
      if (!this.#take(':')) throw new SyntaxError('expected a colon');
      entries.set(key, this.value(depth + 1));
      this.#separator('}');
    }
    return entries;
  }

  #list(end: string, depth: number): Literal {
    const items: Literal[] = [];
    this.#at++;
    while (!this.#take(end)) {
      items.push(this.value(depth + 1));
      this.#separator(end);
    }
    return items;
  }

  /** A comma, or the end, which stays to be read. */
  #separator(end: string): void {
    if (this.#take(',')) return;
    if (this.text[this.#at] !== end) throw new SyntaxError('expected a comma');
  }

  #string(quote: string): string {
    let value = '';
    for (this.#at++; this.text[this.#at] !== quote; this.#at++) {
      if (this.#at >= this.text.length) throw new SyntaxError('a text does not end');
      value += this.text[this.#at] === '\\' ? this.#escape() : this.text[this.#at];
    }
    this.#at++;
    return value;
  }

  #escape(): string {
    const sign = this.text[++this.#at] ?? '';
    const digits = { x: 2, u: 4, U: 8 }[sign];
    if (digits === undefined) return ESCAPES.get(sign) ?? sign;
    const code = Number.parseInt(this.text.slice(this.#at + 1, this.#at + 1 + digits), 16);
    this.#at += digits;
    return String.fromCodePoint(code);
  }

  #word(): Literal {
    const [word] = /^[\w.+-]+/.exec(this.text.slice(this.#at, this.#at + 40)) ?? [''];
    const value = WORDS.has(word) ? WORDS.get(word)! : Number(word);
    if (word === '' || Number.isNaN(value)) throw new SyntaxError(`unknown word ${word}`);
    this.#at += word.length;
    return value;
  }

  #take(sign: string): boolean {
    this.#blanks();
    if (this.text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #blanks(): void {
    while (/\s/.test(this.text[this.#at] ?? '')) this.#at++;
  }
}
