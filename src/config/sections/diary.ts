import { z } from '../../foundation/validate.js';
import { flag, int, text } from '../key-types.js';

/** `diary`: frames kept on the device for the workshop. */
export const diary = z.strictObject({
  enabled: flag({
    description:
      'Keep some frames of the cameras on this device, to make and judge model variants from; they are never sent.',
  }).default(false),
  path: text({
    description: 'Folder of the kept frames; relative to the project folder. Unset: diary in store.dir.',
  }).optional(),
  maxMiB: int(1, 1_048_576, {
    unit: 'MiB',
    description: 'Budget of the kept frames; the most redundant ones are replaced.',
  }).default(128),
  maxFrames: int(10, 5000, {
    unit: 'frames',
    description: 'At most this many frames are kept, of all cameras.',
  }).default(500),
  everyS: int(1, 86_400, { unit: 's', description: 'Pause between two frames that a camera offers.' }).default(60),
  quality: int(50, 100, { unit: '%', description: 'JPEG quality.' }).default(92),
});
