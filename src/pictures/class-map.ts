import { didYouMean } from '../foundation/validate.js';
import { classNamed } from '../frame/same-class.js';

/** From the class indexes of labels to those of a model. */
export interface ClassMap {
  /** -1: the model has no such class. undefined: the labels have none of that number. */
  indexOf(labelClass: number): number | undefined;
  /** Classes of the model, by index, that the labels can name. */
  readonly known: readonly number[];
  /** For a person: where a number of the labels means nothing. */
  readonly advice: string;
}

/** Labels without names of their own use the model's numbers. */
export function modelClasses(classes: readonly string[]): ClassMap {
  const known = classes.map((_, index) => index);
  const advice = ': name its classes in classes.txt, one a line, or as names in data.yaml';
  return { indexOf: (labelClass) => known[labelClass], known, advice };
}

/**
 * Finds the labels' classes in a model by their names.
 * @param names by the labels' class index
 */
export function classesByName(names: ReadonlyMap<number, string>, classes: readonly string[]): ClassMap {
  const indexes = new Map([...names].map(([labelClass, name]) => [labelClass, classNamed(name, classes)]));
  return {
    indexOf: (labelClass) => indexes.get(labelClass),
    known: [...new Set([...indexes.values()].filter((index) => index >= 0))].sort((a, b) => a - b),
    advice: '',
  };
}

/** Of names, before they are counted only. */
const NAMES_SHOWN = 4;

/**
 * For a person: names of labels that a model does not have.
 * @param left how many labels of each were left out
 */
export function notesOnForeign(left: ReadonlyMap<string, number>, classes: readonly string[]): string[] {
  const all = [...left].sort(([, one], [, other]) => other - one);
  if (all.length <= NAMES_SHOWN) return all.map(([name, count]) => noteOn(name, count, classes));
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const names = all.slice(0, NAMES_SHOWN).map(([name]) => `"${name}"`);
  return [
    `the model has no class ${names.join(', ')} and ${all.length - NAMES_SHOWN} more: their ${total} labels are left out`,
  ];
}

function noteOn(name: string, count: number, classes: readonly string[]): string {
  const near = didYouMean(name, classes);
  const labels = count === 1 ? 'its label is' : `its ${count} labels are`;
  return `the model has no class "${name}": ${labels} left out${near ? ` (rename it if "${near}" is meant)` : ''}`;
}
