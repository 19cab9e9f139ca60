/** What a file of Erlang terms holds, as far as rights need it. */
export type ErlangTerm =
  | { readonly atom: string }
  | { readonly string: string }
  | { readonly tuple: readonly ErlangTerm[] }
  | { readonly list: readonly ErlangTerm[] };

const TOKEN = /\s+|%[^\n]*|("(?:[^"\\]|\\.)*")|([a-z][A-Za-z0-9_@]*)|([{}[\],.])/gy;

/** The terms of a file, each of which ends with a full stop. @throws SyntaxError where it is none of these */
export function erlangTerms(text: string): ErlangTerm[] {
  const tokens = tokensOf(text);
  const terms: ErlangTerm[] = [];
  while (tokens.length > 0) {
    terms.push(take(tokens));
    expect(tokens, '.');
  }
  return terms;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new SyntaxError(`no term of Erlang: ${text.slice(from, from + 40)}`);
    const token = match[1] ?? match[2] ?? match[3];
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function take(tokens: string[]): ErlangTerm {
  const token = tokens.shift();
  if (token === '{') return { tuple: takeUntil('}', tokens) };
  if (token === '[') return { list: takeUntil(']', tokens) };
  if (token?.startsWith('"')) return { string: JSON.parse(token) as string };
  if (token !== undefined && /^[a-z]/.test(token)) return { atom: token };
  throw new SyntaxError(`a term is expected, not ${token ?? 'the end'}`);
}

function takeUntil(end: string, tokens: string[]): ErlangTerm[] {
  const terms: ErlangTerm[] = [];
  while (tokens[0] !== end) {
    if (terms.length > 0) expect(tokens, ',');
    terms.push(take(tokens));
  }
  expect(tokens, end);
  return terms;
}

function expect(tokens: string[], wanted: string): void {
  const token = tokens.shift();
  if (token !== wanted) throw new SyntaxError(`${wanted} is expected, not ${token ?? 'the end'}`);
}
