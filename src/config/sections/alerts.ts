import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `alerts`: how alerts are kept. */
export const alerts = z.strictObject({
  historyDays: int(1, 3660, {
    unit: 'd',
    description: 'How long the history of alerts is kept, up to 8 MiB of it.',
  }).default(365),
});
