import type { Values } from './rule-values.js';

/** That no two entries of a list have one name, as a problem each. */
export function differentNames(values: Values, list: string, key: string): string[] {
  const seen = new Map<string, number>();
  return Array.from({ length: values.count(list) }, (_, index) => index).flatMap((index) => {
    const name = values.text(`${list}.${index}.${key}`);
    if (name === null) return [];
    const first = seen.get(name);
    seen.set(name, first ?? index);
    if (first === undefined) return [];
    const [one, two] = [`${list}.${first}.${key}`, `${list}.${index}.${key}`];
    return [`${one} and ${two}: expected different ${key}s, got "${name}" twice${values.said(one, two)}`];
  });
}
