import { z } from '../../../foundation/validate.js';
import { head, seq, topicLevel, ts } from './head.js';

const bdSeq = z.int().min(0).meta({
  description: 'Number of the connection; a last will belongs to the birth that carries the same number.',
});

const metricDefinition = z.object({
  name: z.string().min(1).meta({ description: 'Key in the values of metrics messages.' }),
  unit: z.string().meta({ description: 'Unit of its values; empty for plain counts and words.' }),
});

const tenant = topicLevel(
  'Whose cameras these are, where they are watched for a tenant of the device: then the metrics are those of its cameras only. Absent: the device’s own.',
);

const lastProblem = z
  .object({
    kind: z.string().min(1).max(64).meta({ description: 'What kind it was: `unreachable`, `tls`, `half-open`, …' }),
    message: z.string().min(1).max(500).meta({ description: 'For people: what failed and what to do.' }),
    since: ts.meta({ description: 'Unix ms since when there was no connection.' }),
  })
  .meta({
    description:
      'Why there was no connection before this one; absent where it was made at the first attempt, or the one before was just closed.',
  });

const board = z
  .string()
  .max(100)
  .nullable()
  .meta({ description: 'Kind of board, as the configuration calls it; null: it is none of those known.' });
const configuration = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .meta({
    description:
      'Begin of the SHA-256 of how it is configured, without secrets: another one where anything is configured otherwise.',
  });

const alertsFollow = z.literal(true).meta({
  description:
    'Every alert that holds is told again behind this birth, ahead of all that is no alert, report or full metrics: one that is not does not hold. Absent: a program that does so behind the first birth of a connection only.',
});

const birth = z.object({
  online: z.literal(true),
  bdSeq,
  ...head,
  alertsFollow: alertsFollow.optional(),
  version: z.string().meta({ description: 'Version of this program.' }),
  model: z.string().nullable().meta({ description: 'Model in use; null until one is loaded.' }),
  variant: z.string().nullable().meta({ description: 'Variant of the model; null until one is loaded.' }),
  provider: z.string().nullable().meta({
    description:
      'Execution provider really in use, read back from the session; null until a model is loaded, and to a tenant.',
  }),
  board: board.optional(),
  configuration: configuration.optional(),
  tenant: tenant.optional(),
  metrics: z.array(metricDefinition).meta({ description: 'Every metric that this device publishes.' }),
  lastProblem: lastProblem.optional(),
});

const shortBirth = z.object({
  online: z.literal(true),
  bdSeq,
  ...head,
  alertsFollow: alertsFollow.optional(),
  omitted: z
    .array(z.enum(['metrics', 'lastProblem', 'version', 'model', 'variant', 'provider', 'board', 'configuration']))
    .min(1)
    .meta({ description: 'Keys that this birth lacks, because the broker takes no larger message.' }),
  version: birth.shape.version.optional(),
  model: birth.shape.model.optional(),
  variant: birth.shape.variant.optional(),
  provider: birth.shape.provider.optional(),
  board: board.optional(),
  configuration: configuration.optional(),
  tenant: tenant.optional(),
});

const offline = z.object({
  online: z.literal(false),
  bdSeq,
  ...head,
  ts: ts.meta({ description: 'Unix ms of the clean stop; in a last will, of the start of the connection that broke.' }),
  seq: seq.optional().meta({ description: 'As everywhere; absent in a last will, which the broker sends.' }),
  reason: z.string().min(1).max(64).optional().meta({
    description: 'Why it stopped on purpose ("stopped"); absent in a last will: the device is gone without a word.',
  }),
});

/** `status`: birth, last will, clean stop. */
export const status = z.union([birth, shortBirth, offline]);

export type MetricDefinition = z.infer<typeof metricDefinition>;

/** What a birth tells about the device besides the numbers that the publisher adds; nulls until a model is loaded. */
export type BirthInfo = Omit<z.infer<typeof birth>, 'online' | 'bdSeq' | 'alertsFollow' | keyof typeof head>;
