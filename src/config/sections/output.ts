import { z } from '../../foundation/validate.js';
import { int, text } from '../key-types.js';

/** `output`: what the program writes besides MQTT. */
export const output = z.strictObject({
  resultsFile: text({
    description: 'One JSON line per answered frame is appended to this file; a full one becomes FILE.1, up to FILE.4.',
  }).optional(),
  resultsMaxMiB: int(1, 2 ** 20, {
    unit: 'MiB',
    description: 'What the results file and the four older ones may take together.',
  }).default(256),
  logLevel: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .meta({ description: 'Least important log line to write.' }),
  statusIntervalS: int(0, 86_400, {
    unit: 's',
    description:
      'Where stdout is no terminal (as a service): how often the log tells how the cameras are doing; 0 never.',
  }).default(600),
});
