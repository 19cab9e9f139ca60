import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../foundation/identifier.js';
import { z } from '../foundation/validate.js';

/** What a key says about itself besides its type and range; rides along as zod metadata. */
export interface KeyInfo {
  readonly description: string;
  /** Of the value. */
  readonly unit?: string;
  /** The value never comes from a file or a flag and is never shown. */
  readonly secret?: boolean;
  /** The value names a file that must be readable; relative to the file that says so. */
  readonly input?: boolean;
}

/** A string that is not empty. */
export const text = (info: KeyInfo) =>
  z
    .string()
    .min(1)
    .meta({ ...info });
/** A whole number from `min` to `max`. */
export const int = (min: number, max: number, info: KeyInfo) =>
  z
    .int()
    .min(min)
    .max(max)
    .meta({ ...info });
/** A number from `min` to `max`. */
export const real = (min: number, max: number, info: KeyInfo) =>
  z
    .number()
    .min(min)
    .max(max)
    .meta({ ...info });
/** True or false. */
export const flag = (info: KeyInfo) => z.boolean().meta({ ...info });
/** A file that must be readable. */
export const inputFile = (info: KeyInfo) => text({ ...info, input: true });

/** What may stand as one level of an MQTT topic, a metric label and a file name alike. */
export const identifier = (info: KeyInfo) =>
  z
    .string()
    .regex(IDENTIFIER, `expected ${IDENTIFIER_IN_WORDS}`)
    .meta({ ...info });

/** A share or score, 0..1. */
export const score = (info: KeyInfo) => real(0, 1, info);
