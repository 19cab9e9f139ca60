import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `schedule`: how frames share the workers. */
export const schedule = z.strictObject({
  stalenessMs: int(10, 600_000, {
    unit: 'ms',
    description: 'A live frame older than this when its turn comes is dropped: its answer would be worth nothing.',
  }).default(1000),
  inFlightPerWorker: int(1, 8, {
    unit: 'frames',
    description: 'Frames handed to one worker at a time: 2 keeps it busy while the next is prepared.',
  }).default(2),
});
