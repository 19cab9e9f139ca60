const [ZERO, NINE, SPACE, TAB, NEWLINE, POINT, MINUS] = [48, 57, 32, 9, 10, 46, 45];

/** Reads the words and numbers of a text of the kernel's one after the other; nothing is cut up or copied but words. */
export class TextCursor {
  #text = '';
  #at = 0;

  /** Begins at the beginning of a text. */
  over(text: string): this {
    this.#text = text;
    this.#at = 0;
    return this;
  }

  /** Goes to what follows the first `start` that begins a line, from here on; false, and stays, where there is none. */
  toLine(start: string): boolean {
    let at = this.#at;
    for (;;) {
      at = this.#text.indexOf(start, at);
      if (at < 0) return false;
      if (at === 0 || this.#text.charCodeAt(at - 1) === NEWLINE) break;
      at += start.length;
    }
    this.#at = at + start.length;
    return true;
  }

  /** Goes to the beginning of the next line; false where this is the last. */
  nextLine(): boolean {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return this.#at < this.#text.length;
  }

  /** The letters up to the next space, end of the line or `end`, which is skipped; empty at the end of a line. */
  word(end = ''): string {
    this.#skipSpaces();
    const from = this.#at;
    const stop = end === '' ? 0 : end.charCodeAt(0);
    let to = from;
    for (; to < this.#text.length; to++) {
      const letter = this.#text.charCodeAt(to);
      if (letter === SPACE || letter === TAB || letter === NEWLINE || letter === stop) break;
    }
    this.#at = this.#text.charCodeAt(to) === stop ? to + 1 : to;
    return this.#text.slice(from, to);
  }

  /** The number that comes next on this line; null, and stays, where something else does. */
  number(): number | null {
    this.#skipSpaces();
    const from = this.#at;
    let at = from + (this.#text.charCodeAt(from) === MINUS ? 1 : 0);
    const digits = at;
    let value = 0;
    for (let digit = this.#digit(at); digit >= 0; digit = this.#digit(++at)) value = value * 10 + digit;
    if (at === digits) return null;
    if (this.#text.charCodeAt(at) === POINT) {
      let scale = 1;
      for (let digit = this.#digit(++at); digit >= 0; digit = this.#digit(++at), scale *= 10)
        value = value * 10 + digit;
      value /= scale;
    }
    this.#at = at;
    return digits > from ? -value : value;
  }

  /** Skips so many numbers or words of this line. */
  skip(words: number): this {
    for (let i = 0; i < words; i++) this.word();
    return this;
  }

  #digit(at: number): number {
    const letter = this.#text.charCodeAt(at);
    return letter >= ZERO && letter <= NINE ? letter - ZERO : -1;
  }

  #skipSpaces(): void {
    for (;;) {
      const letter = this.#text.charCodeAt(this.#at);
      if (letter !== SPACE && letter !== TAB) return;
      this.#at++;
    }
  }
}
