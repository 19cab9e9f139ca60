import { z } from '../../foundation/validate.js';
import { configuredKey } from './commands.js';

/** `update`: whose bundles of the program the device takes. */
export const update = z.strictObject({
  publicKeys: z.array(configuredKey).max(16).default([]).meta({
    description:
      'Public keys that may sign bundles for `edge-optimizer update`, as `edge-optimizer command keygen` prints them; several while keys are exchanged.',
  }),
});
