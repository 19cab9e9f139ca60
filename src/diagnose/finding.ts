import type { Language } from './languages/language.js';

/** What is looked at, in the order in which it is shown. */
export const GROUNDS = [
  'system',
  'storage',
  'accelerator',
  'models',
  'detector',
  'cameras',
  'broker',
  'network',
  'service',
  'accuracy',
] as const;
export type Ground = (typeof GROUNDS)[number];

/**
 * `fine`: as it should be; `unknown`: it could not be looked at, or there is nothing to look at; `degraded`: it works, with
 * worse or fewer answers, or soon will; `broken`: there are no answers, or they do not arrive.
 */
export const CONDITIONS = ['fine', 'unknown', 'degraded', 'broken'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What fills the `{placeholders}` of a text. Numbers come rounded as they are to be read. */
export type FindingValues = Readonly<Record<string, string | number>>;

/** One thing that a check found out, without words: the languages have these. */
export interface Finding {
  readonly code: keyof Language['findings'];
  readonly condition: Condition;
  /** Which one of several: the id of a camera, a folder, an interface; null where there is one only. */
  readonly subject: string | null;
  readonly values: FindingValues;
  /** Id of whom it concerns alone; absent: the device, or whoever has the camera that is the subject. */
  readonly tenant?: string;
}

/** A finding about `subject`, or about the only one there is. */
export function found(
  condition: Condition,
  code: Finding['code'],
  values: FindingValues = {},
  subject: string | null = null,
): Finding {
  return { code, condition, subject, values };
}
