/** The directives of a `Cache-Control` header, names in small letters; null where one has no argument. */
export type Directives = ReadonlyMap<string, string | null>;

const DIRECTIVE = /([^\s,=;]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]*)))?/g;
const NONE: Directives = new Map();
/** RFC 9111, 1.2.2: what is more counts as this. */
const MOST_SECONDS = 2 ** 31;

/** Reads a `Cache-Control` header of RFC 9111, 5.2. What cannot be understood is left out; of two times the shorter holds. */
export function parseDirectives(text: string | undefined): Directives {
  if (text === undefined || text === '') return NONE;
  const directives = new Map<string, string | null>();
  for (const [, name, quoted, plain] of text.matchAll(DIRECTIVE)) {
    const key = name!.toLowerCase();
    const value = quoted ?? plain ?? null;
    const before = directives.get(key);
    directives.set(key, before === undefined ? value : shorter(before, value));
  }
  return directives;
}

/** The seconds that a directive says; null where it is not there. What is no number of seconds counts as 0, which is stale. */
export function secondsOf(directives: Directives, name: string): number | null {
  const value = directives.get(name);
  if (value === undefined) return null;
  return value !== null && /^\d+$/.test(value) ? Math.min(Number(value), MOST_SECONDS) : 0;
}

function shorter(one: string | null, other: string | null): string | null {
  return Number(other ?? 0) < Number(one ?? 0) ? other : one;
}
