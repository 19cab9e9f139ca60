import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `history`: how long the metrics are kept on the device, at which step. */
export const history = z.strictObject({
  keep10sDays: int(1, 60, {
    unit: 'days',
    description: 'How long every metric is kept in steps of 10 s.',
  }).default(2),
  keep1minDays: int(1, 800, {
    unit: 'days',
    description: 'How long every metric is kept in steps of 1 min.',
  }).default(30),
  keep1hDays: int(1, 3660, {
    unit: 'days',
    description: 'How long every metric is kept in steps of 1 h.',
  }).default(730),
  maxMiB: int(4, 65_536, {
    unit: 'MiB',
    description:
      'Budget of the kept metrics on the disk; the oldest are deleted first. Steps of 10 s and of 1 min may take two fifths of it each, those of 1 h the rest.',
  }).default(256),
});
