import { z } from '../../foundation/validate.js';
import { int, text } from '../key-types.js';

/** `preview`: annotated pictures for people. */
export const preview = z.strictObject({
  file: text({
    description:
      'JPEG that is replaced by the latest annotated frame now and then; {camera} in it becomes the camera id.',
  }).optional(),
  intervalMs: int(100, 3_600_000, { unit: 'ms', description: 'Pause between two previews of a camera.' }).default(2000),
  quality: int(10, 100, { unit: '%', description: 'JPEG quality.' }).default(80),
});
