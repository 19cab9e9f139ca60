import type { AbsoluteAccuracy, Variant } from './manifest.js';

export type { AbsoluteAccuracy } from './manifest.js';

/** Whether one number of two says that its variant is the more accurate: the same measure, on the same pictures. */
export function isComparable(a: AbsoluteAccuracy, b: AbsoluteAccuracy): boolean {
  return a.metric === b.metric && a.set === b.set;
}

/** The accuracy with another number, in the place of an earlier one of the same measure on the same set. */
export function withAbsolute<T extends NonNullable<Variant['accuracy']>>(accuracy: T, added: AbsoluteAccuracy): T {
  const others = (accuracy.absolute ?? []).filter((one) => !isComparable(one, added));
  return { ...accuracy, absolute: [...others, added] };
}
