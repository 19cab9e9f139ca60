import { z } from '../../foundation/validate.js';
import { flag, int } from '../key-types.js';

/** Neither of MQTT's wildcards, no level of its own. */
const level = (description: string) =>
  z
    .string()
    .regex(/^[^+#/\p{C}]{1,100}$/u, 'expected 1 to 100 characters other than +, # and /')
    .meta({ description });

/** `sparkplug`: the same as a Sparkplug B edge node, over a connection of its own to the broker of `mqtt`. */
export const sparkplug = z.strictObject({
  enabled: flag({ description: 'Tell metrics as a Sparkplug B edge node too; cameras are its devices.' }).default(
    false,
  ),
  group: level('Sparkplug group id; unset: the site.').optional(),
  node: level('Sparkplug edge node id, unique within the group; unset: the device.').optional(),
  primaryHost: level(
    'Id of the primary host application: births wait until its STATE says that it is online, and what it missed follows as historical data. Unset: nobody is waited for.',
  ).optional(),
  intervalMs: int(1000, 3_600_000, { unit: 'ms', description: 'How often changes are told.' }).default(10_000),
});
