/** The first name in a query that is none of `words`, told as a problem; null where all are known. */
export function unknownWord(query: URLSearchParams, words: readonly string[]): string | null {
  const stranger = [...query.keys()].find((name) => !words.includes(name));
  return stranger === undefined ? null : `${stranger}: expected one of ${words.join(', ')}`;
}

/** The first of `words` that stands in a query more than once, told as a problem; null where none does. */
export function repeatedWord(query: URLSearchParams, words: Iterable<string> = new Set(query.keys())): string | null {
  for (const name of words) {
    const times = query.getAll(name).length;
    if (times > 1) return `${name}: expected once, got ${times} times`;
  }
  return null;
}
