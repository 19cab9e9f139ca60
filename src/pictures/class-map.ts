import { didYouMean } from '../foundation/validate.js';

/** From the class indexes of labels to those of a model. */
export interface ClassMap {
  /** -1: the model has no such class. undefined: the labels have none of that number. */
  indexOf(labelClass: number): number | undefined;
  /** Classes of the model, by index, that the labels can name. */
  readonly known: readonly number[];
  /** For a person: names of the labels that the model does not have. */
  readonly notes: readonly string[];
}

/** Labels without names of their own use the model's numbers. */
export function modelClasses(classes: readonly string[]): ClassMap {
  const known = classes.map((_, index) => index);
  return { indexOf: (labelClass) => known[labelClass], known, notes: [] };
}

/**
 * Finds the labels' classes in a model by their names; case, spaces, `-` and `_` make no difference.
 * @param names by the labels' class index
 */
export function classesByName(names: ReadonlyMap<number, string>, classes: readonly string[]): ClassMap {
  const plain = classes.map(plainName);
  const indexes = new Map([...names].map(([labelClass, name]) => [labelClass, plain.indexOf(plainName(name))]));
  const foreign = [...names].filter(([labelClass]) => indexes.get(labelClass) === -1).map(([, name]) => name);
  return {
    indexOf: (labelClass) => indexes.get(labelClass),
    known: [...new Set([...indexes.values()].filter((index) => index >= 0))].sort((a, b) => a - b),
    notes: foreign.map((name) => noteOn(name, classes)),
  };
}

const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

function noteOn(name: string, classes: readonly string[]): string {
  const near = didYouMean(name, classes);
  return `the model has no class "${name}": its labels are left out${near ? ` (rename it if "${near}" is meant)` : ''}`;
}
