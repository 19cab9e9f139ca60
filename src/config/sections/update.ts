import { z } from '../../foundation/validate.js';
import { configuredKey } from './commands.js';

/** `update`: whose bundles of the program the device takes. */
export const update = z.strictObject({
  publicKeys: z.array(configuredKey).max(16).default([]).meta({
    description:
      'Public keys that may sign bundles for `edge-optimizer update`, as `edge-optimizer command keygen` prints them; several while keys are exchanged.',
  }),
  channel: z
    .string()
    .max(2000)
    .regex(/^https?:\/\/\S+$/, 'expected an address that begins with https:// or http://')
    .meta({
      description:
        'Where `edge-optimizer update` without a bundle asks for one: the index that `npm run bundle -- --index` makes, signed by one of publicKeys; bundles lie beside it.',
    })
    .optional(),
  pin: z
    .string()
    .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'expected a version such as 1.2.3')
    .meta({ description: 'The only version that this device takes from the channel, be it older; absent: the newest.' })
    .optional(),
});
