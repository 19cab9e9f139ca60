import { IDENTIFIER } from '../../../foundation/identifier.js';
import { z } from '../../../foundation/validate.js';

/** Unix time of a message in ms. */
export const ts = z.int().min(0).meta({ description: 'Unix time of the message in ms.' });

export const seq = z.int().min(0).meta({
  description:
    '+1 per message of the device over all its topics, 0 at each birth; a number that never comes is a message that was lost.',
});

const boot = z
  .string()
  .regex(/^[0-9a-z]{8}$/)
  .meta({ description: 'This run of the program; another one after each restart.' });

/** What every message of a device begins with; a last will, which the broker sends, has no `seq`. */
export const head = { ts, seq, boot: boot.optional() };

const stream = z
  .string()
  .regex(/^(mem-)?[0-9a-f]{8,12}$/)
  .meta({
    description: 'What its number counts in; one that begins with mem- does not outlive a run of the program.',
  });

const n = z.int().min(1).meta({
  description:
    'Number in its stream: +1 per message that was accepted for delivery, the same when it is sent again. Drop doubles by stream and n.',
});

/** What a message that must arrive begins with. */
export const numbered = {
  ...head,
  stream,
  n,
  historical: z.literal(true).optional().meta({
    description: 'Made while the broker was away, or on its way when the connection broke: sent afterwards, in order.',
  }),
};

/** A word that can be a level of a topic. */
export const topicLevel = (description: string) => z.string().regex(IDENTIFIER).meta({ description });
