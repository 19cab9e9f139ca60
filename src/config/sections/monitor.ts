import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `monitor`: how the device watches the machine that it runs on. */
export const monitor = z.strictObject({
  intervalS: int(1, 60, {
    unit: 's',
    description:
      'How often the readings of the machine are taken: processor, memory, disks, network, temperatures. Some that change slowly, or cost more, are taken less often.',
  }).default(1),
});
