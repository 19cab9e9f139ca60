import { z } from '../../foundation/validate.js';
import { flag } from '../key-types.js';

/** What can be told of a camera whose pictures or answers cannot be true; `src/plausibility/states.ts` has their meaning. */
export const IMPLAUSIBLE = [
  'frozen',
  'grey',
  'dark',
  'torn',
  'shifted',
  'damaged',
  'model-blind',
  'model-constant',
  'model-saturated',
  'model-heaped',
  'detector-may-be-blind',
  'no-vehicles',
] as const;

/** `plausibility`: what is watched so that a camera that shows nothing does not look like an empty road. */
export const plausibility = z.strictObject({
  ignore: z.array(z.enum(IMPLAUSIBLE)).max(IMPLAUSIBLE.length).default([]).meta({
    description:
      'States that are neither told nor acted upon: [shifted] where a camera turns by itself, [dark] where a road has no light.',
  }),
  restartFrozen: flag({
    description: "Whether a frozen camera's reader is started anew: at once, after 1, 2, 5 and every 15 minutes.",
  }).default(true),
  changeVariant: flag({
    description: 'Whether another variant of the model takes over from one that can report nothing, once.',
  }).default(true),
});
