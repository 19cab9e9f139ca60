import { didYouMean } from '../foundation/validate.js';
import { differentNames } from './different-names.js';
import type { Values } from './rule-values.js';
import type { OFFENCES } from './sections/infraction-rule.js';

/** Keys of each offence: those that must be, and those that may be. Whom and when it concerns may be said of all. */
const KEYS_OF: Readonly<Record<(typeof OFFENCES)[number], { needs: readonly string[]; takes: readonly string[] }>> = {
  'wrong-way': { needs: ['line', 'direction'], takes: [] },
  'no-stopping': { needs: ['zone'], takes: ['longerThanS'] },
  'class-lane': { needs: ['zone'], takes: ['longerThanS'] },
  'u-turn': { needs: [], takes: ['zone', 'turnDeg'] },
  'red-light': { needs: ['line', 'direction', 'signal'], takes: ['graceMs', 'yellowAfterMs', 'signalMaxAgeS'] },
};
const OF_ONE_OFFENCE = [...new Set(Object.values(KEYS_OF).flatMap(({ needs, takes }) => [...needs, ...takes]))];

/** Rules of cameras name lines and zones that there are, have the keys of their offence and no others. */
export function infractionRulesOfCameras(values: Values): string[] {
  return Array.from({ length: values.count('cameras') }, (_, index) => `cameras.${index}`).flatMap((camera) => [
    ...differentNames(values, `${camera}.rules`, 'id'),
    ...Array.from({ length: values.count(`${camera}.rules`) }, (_, index) => `${camera}.rules.${index}`).flatMap(
      (rule) => [...keysOfOffence(values, rule), ...classesOf(values, rule), ...placesOf(values, camera, rule)],
    ),
  ]);
}

function keysOfOffence(values: Values, rule: string): string[] {
  const offence = values.text(`${rule}.offence`);
  if (offence === null) return [];
  const { needs, takes } = KEYS_OF[offence as keyof typeof KEYS_OF];
  const missing = needs.filter((key) => !values.isSet(`${rule}.${key}`) && !values.isWrong(`${rule}.${key}`));
  const strange = OF_ONE_OFFENCE.filter((key) => values.isSet(`${rule}.${key}`) && ![...needs, ...takes].includes(key));
  return [
    ...missing.map(
      (key) =>
        `${rule}.${key} and ${rule}.offence: expected a ${key} for ${offence}, got none${values.said(`${rule}.offence`)}`,
    ),
    ...strange.map(
      (key) =>
        `${rule}.${key} and ${rule}.offence: expected no ${key} for ${offence}${values.said(`${rule}.${key}`)}; it has ${[...needs, ...takes].join(', ')}`,
    ),
  ];
}

function classesOf(values: Values, rule: string): string[] {
  const [classes, except, offence] = [`${rule}.classes`, `${rule}.except`, `${rule}.offence`];
  if (values.isSet(classes) && values.isSet(except)) {
    return [`${classes} and ${except}: expected one of them, got both${values.said(classes, except)}`];
  }
  const isWrong = values.isWrong(classes) || values.isWrong(except);
  if (values.text(offence) !== 'class-lane' || values.isSet(classes) || values.isSet(except) || isWrong) return [];
  return [
    `${classes} and ${offence}: expected the classes that may not be in the lane, or those that may as except, got neither${values.said(offence)}`,
  ];
}

function placesOf(values: Values, camera: string, rule: string): string[] {
  const problems = [
    ...unknown(values, `${rule}.line`, `${camera}.lines`),
    ...unknown(values, `${rule}.zone`, `${camera}.zones`),
  ];
  const [line, direction] = [values.text(`${rule}.line`), values.text(`${rule}.direction`)];
  const index = idsOf(values, `${camera}.lines`).indexOf(line);
  if (line === null || direction === null || index < 0) return problems;
  const sides = ['left', 'right'].map((side) => values.text(`${camera}.lines.${index}.${side}`));
  if (sides.includes(null) || sides.includes(direction)) return problems;
  const meant = didYouMean(direction, sides as string[]);
  const hint = meant ? `, did you mean ${meant}?` : '';
  const expected = `expected ${sides.join(' or ')}, as ${camera}.lines.${index} names its sides`;
  return [...problems, `${rule}.direction: ${expected}, got "${direction}"${hint}${values.said(`${rule}.direction`)}`];
}

/** One that names what is not in the list. */
function unknown(values: Values, at: string, list: string): string[] {
  const name = values.text(at);
  const known = idsOf(values, list);
  if (name === null || known.includes(name)) return [];
  const names = known.filter((id) => id !== null);
  const meant = didYouMean(name, names);
  const hint = meant ? `, did you mean ${meant}?` : names.length === 0 ? '; there are none' : '';
  return [`${at}: expected one of the ids in ${list}, got "${name}"${hint}${values.said(at)}`];
}

function idsOf(values: Values, list: string): (string | null)[] {
  return Array.from({ length: values.count(list) }, (_, index) => values.text(`${list}.${index}.id`));
}
