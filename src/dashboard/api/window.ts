import { z } from '../../foundation/validate.js';
import { type RequestedTime, readRequest } from '../../store/series/series-request.js';

/** A time of the past, as whoever asks writes it. */
export const WINDOW_WORDS = {
  since: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'So long ago (`24h`, `7d`), ISO 8601 or Unix time; default 24 hours before `until`.' }),
  until: z.string().max(40).optional().meta({ description: 'The same; default now.' }),
} as const;

/** The window and step that is meant. @throws RangeError with all that is wrong with it */
export function askedWindow(
  words: {
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    readonly step?: string | undefined;
  },
  now: number,
  usualPoints: number,
  mostPoints: number,
): RequestedTime {
  const time = readRequest(
    { since: words.since ?? '24h', until: words.until, step: words.step },
    { now, usualPoints, mostPoints },
  );
  if (!('from' in time)) throw new RangeError(time.join('; '));
  return time;
}
