import { isDeepStrictEqual } from 'node:util';
import type { DesiredValue } from './desired-configuration.js';

/** What a device told of its configuration. */
export interface ToldValues {
  /** Configured, by key. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What a command has set for a time. */
  readonly set: Readonly<Record<string, { readonly value: unknown; readonly until: number | null }>>;
  /** Keys, and sections, that a command may set. */
  readonly settable: readonly string[];
}

/** A key that is not as it is to be. */
export interface DriftedKey {
  readonly key: string;
  readonly wanted: unknown;
  /** null where it has none. */
  readonly has: unknown;
  /** Which group wants it. */
  readonly group: string;
  /** Whether a command can set it; else the file of the device has to be changed. */
  readonly settable: boolean;
}

/** Keys of a device that are not as they are to be. @param now Unix ms */
export function driftOf(wanted: ReadonlyMap<string, DesiredValue>, told: ToldValues, now: number): DriftedKey[] {
  return [...wanted].flatMap(([key, { value, group }]) => {
    const set = told.set[key];
    const holds = set !== undefined && (set.until === null || set.until > now);
    const has = holds ? set.value : (told.values[key] ?? null);
    if (isDeepStrictEqual(has, value)) return [];
    const settable = told.settable.some((path) => key === path || key.startsWith(`${path}.`));
    return [{ key, wanted: value, has, group, settable }];
  });
}

const NOTHING: ToldValues = { values: {}, set: {}, settable: [] };

/**
 * What is known of a device after an answer to `configuration` or `set`.
 *
 * @param before null: nothing is
 * @returns null: the answer says nothing of it
 */
export function toldAfter(
  before: { readonly hash: string; readonly told: ToldValues } | null,
  command: string,
  result: Readonly<Record<string, unknown>>,
): { readonly hash: string; readonly told: ToldValues } | null {
  if (command === 'set') {
    const set = objectIn(result, 'set');
    if (before === null || set === null) return null;
    const changed = { ...before.told.set };
    for (const [key, said] of Object.entries(set as Record<string, Record<string, unknown>>)) {
      if ('takenBack' in said) delete changed[key];
      else changed[key] = { value: said['value'], until: said['until'] as number | null };
    }
    return { hash: before.hash, told: { ...before.told, set: changed } };
  }
  const { hash, settable } = result;
  const values = objectIn(result, 'values');
  const set = objectIn(result, 'set');
  if (typeof hash !== 'string' || values === null || set === null || !Array.isArray(settable)) return null;
  // somebody asked for some keys only: of the same configuration the others are known
  const same = before?.hash === hash ? before.told : NOTHING;
  const told = { values: { ...same.values, ...values }, set: set as ToldValues['set'], settable: settable.map(String) };
  return { hash, told };
}

function objectIn(result: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> | null {
  const value = result[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
