import { z } from '../../foundation/validate.js';
import { int, real } from '../key-types.js';

/** `schedule`: how frames share the workers. */
export const schedule = z.strictObject({
  stalenessMs: int(10, 600_000, {
    unit: 'ms',
    description:
      'A live frame that is older than this, or would be when answered, is dropped: its answer would be worth nothing.',
  }).default(1000),
  inFlightPerWorker: int(1, 8, {
    unit: 'frames',
    description: 'Batches handed to one worker at a time: 2 keeps it busy while the next is prepared.',
  }).default(2),
  maxBatch: int(1, 64, {
    unit: 'frames',
    description:
      'Frames of several cameras that a worker infers together at most. Unset: on accelerators the number of cameras, up to 8; 1 on a processor, where it gains nothing, and for workers of your own (docs/batching.md).',
  }).optional(),
  share: real(0.01, 1000, {
    description:
      'Weight of the device’s own cameras when inferences are scarce, against the `share` of each of `tenants`.',
  }).default(1),
  batchWindowMs: int(0, 1000, {
    unit: 'ms',
    description:
      'How long a frame may wait at an idle worker for others of its batch, where that is expected to answer all of them sooner; 0 never waits.',
  }).default(10),
});
