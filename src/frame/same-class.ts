/** Words for one thing in public sets of labels and models. */
const SAME: readonly (readonly string[])[] = [
  ['motorcycle', 'motorbike'],
  ['bicycle', 'bike'],
  ['car', 'automobile', 'auto'],
  ['truck', 'lorry'],
  ['person', 'pedestrian'],
];

const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

/**
 * The class of that name, -1 where there is none: the one called so, else one that is known to be the same thing. Case,
 * spaces, `-` and `_` make no difference.
 */
export function classNamed(name: string, classes: readonly string[]): number {
  const plain = classes.map(plainName);
  const wanted = plainName(name);
  const index = plain.indexOf(wanted);
  if (index >= 0) return index;
  const words = SAME.find((same) => same.includes(wanted)) ?? [];
  return plain.findIndex((one) => words.includes(one));
}
