import { z } from '../../../foundation/validate.js';
import { head, identifier } from './head.js';

const commandId = z.union([z.string().max(64), z.int()]).meta({
  description: 'Chosen by whoever sends the command; comes back in the result.',
});

/** `cmd/<name>`. */
export const command = z.looseObject({ id: commandId.optional() });

/** `cmd/<name>/result`. */
export const commandResult = z.object({
  ...head,
  command: identifier('Name of the command.'),
  id: commandId.optional(),
  ok: z.boolean(),
  error: z.string().max(1000).optional().meta({ description: 'Only where ok is false: why.' }),
  result: z.record(z.string(), z.unknown()).optional().meta({ description: 'What the command answers.' }),
});

/** `cmd/invalidate` between the devices of a site. */
export const invalidation = z.object({
  ...head,
  version: z.literal(1),
  device: identifier('Device that tells it; each ignores its own messages.'),
  tenant: identifier('Whose cache it is, where a device serves several; the others ignore it.').optional(),
  tags: z
    .array(z.string().min(1).max(256))
    .min(1)
    .max(100)
    .meta({ description: 'Whatever a device has cached under one of these names is stale.' }),
});

/** A command as it arrives: `id` and whatever else its handler understands. */
export type CommandMessage = z.infer<typeof command>;
export type CommandResult = Omit<z.infer<typeof commandResult>, keyof typeof head>;

/** @throws ZodError where it is not an object or its id is neither text nor number */
export const parseCommandMessage = (value: unknown): CommandMessage => command.parse(value);
