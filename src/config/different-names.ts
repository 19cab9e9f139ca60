import type { Values } from './rule-values.js';

/** A name and the path where it stands; null: none is said. */
export interface NamedPlace {
  readonly at: string;
  readonly name: string | null;
}

/** Each place whose name another before it has, with the first that has it. */
export function sameNames<Place extends NamedPlace>(places: readonly Place[]): [first: Place, later: Place][] {
  const seen = new Map<string, Place>();
  return places.flatMap((place): [Place, Place][] => {
    if (place.name === null) return [];
    const first = seen.get(place.name);
    if (first !== undefined) return [[first, place]];
    seen.set(place.name, place);
    return [];
  });
}

/** That no two entries of a list have one name, as a problem each. */
export function differentNames(values: Values, list: string, key: string): string[] {
  const places = Array.from({ length: values.count(list) }, (_, index) => {
    const at = `${list}.${index}.${key}`;
    return { at, name: values.text(at) };
  });
  return sameNames(places).map(
    ([{ at: one, name }, { at: two }]) =>
      `${one} and ${two}: expected different ${key}s, got "${name}" twice${values.said(one, two)}`,
  );
}
