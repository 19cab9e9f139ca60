/**
 * A value as JSON in one form only, that of RFC 8785: names of an object in the order of their UTF-16 units, no blank between anything,
 * numbers and texts as ECMAScript writes them. What is undefined is left out.
 *
 * @throws TypeError for what JSON has no word for: NaN, infinities, functions
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`a ${typeof value} cannot be written as JSON`);
    return text;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const named = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(named).filter((name) => named[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(named[name])}`)
    .join(',')}}`;
}
