import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `watchdog`: what ends a program that hangs, so that the init system starts it again. */
export const watchdog = z.strictObject({
  hangS: int(0, 86_400, {
    unit: 's',
    description:
      'The process is killed (SIGKILL, exit code 137) once its main thread did nothing at all for so long; time in which it, or the whole machine, was suspended or waited for a disk does not count. 0 never.',
  }).default(60),
});
