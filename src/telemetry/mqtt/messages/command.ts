import { z } from '../../../foundation/validate.js';
import { commandIdSchema, envelopeSchema } from '../../commands/envelope.js';
import { REFUSAL_CAUSES } from '../../commands/refusals.js';
import { head, topicLevel } from './head.js';

const commandId = commandIdSchema.meta({
  description: 'Chosen by whoever sends the command; comes back in the result.',
});

/** `cmd/<name>`: signed, or with what an open command needs. */
export const command = z.union([envelopeSchema, z.looseObject({ id: commandId.optional() })]);

/** `cmd/<name>/result`. */
export const commandResult = z.object({
  ...head,
  command: topicLevel('Name of the command.'),
  id: commandId.optional(),
  ok: z.boolean(),
  error: z.string().max(1000).optional().meta({ description: 'Only where ok is false: why.' }),
  refused: z.enum(REFUSAL_CAUSES).optional().meta({ description: 'Only where nothing was even tried: the cause.' }),
  repeated: z.literal(true).optional().meta({
    description: 'It came before, under this id, and is not done twice: this was the answer.',
  }),
  result: z.record(z.string(), z.unknown()).optional().meta({ description: 'What the command answers.' }),
});

/** `cmd/invalidate` between the devices of a site. */
export const invalidation = envelopeSchema.extend(head);

export type CommandResult = Omit<z.infer<typeof commandResult>, keyof typeof head>;
