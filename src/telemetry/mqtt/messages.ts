import { SEVERITIES } from '../../foundation/alert-declaration.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { z } from '../../foundation/validate.js';
import type { EventKind } from '../../frame/event-kind.js';
import { ORIGINS } from '../../frame/frame-result.js';

/*
 * Every message of a device as a schema; docs/mqtt/*.schema.json is generated from here. Receivers must ignore keys
 * that they do not know: later versions add some.
 */

const ts = z.int().min(0).meta({ description: 'Unix time of the message in ms.' });
const seq = z.int().min(0).meta({
  description:
    '+1 per message of the device over all its topics, 0 at each birth; a number that never comes is a message that was lost.',
});
const bdSeq = z.int().min(0).meta({
  description: 'Number of the connection; a last will belongs to the birth that carries the same number.',
});
const identifier = (description: string) => z.string().regex(IDENTIFIER).meta({ description });
const pixels = z.number().meta({ description: "In pixels of the camera's own picture." });

const metricDefinition = z.object({
  name: z.string().min(1).meta({ description: 'Key in the values of metrics messages.' }),
  unit: z.string().meta({ description: 'Unit of its values; empty for plain counts and words.' }),
});

const birth = z.object({
  online: z.literal(true),
  bdSeq,
  ts,
  seq,
  version: z.string().meta({ description: 'Version of this program.' }),
  model: z.string().nullable().meta({ description: 'Model in use; null until one is loaded.' }),
  variant: z.string().nullable().meta({ description: 'Variant of the model; null until one is loaded.' }),
  provider: z.string().nullable().meta({
    description: 'Execution provider really in use, read back from the session; null until a model is loaded.',
  }),
  metrics: z.array(metricDefinition).meta({ description: 'Every metric that this device publishes.' }),
});

const shortBirth = z.object({
  online: z.literal(true),
  bdSeq,
  ts,
  seq,
  omitted: z
    .array(z.enum(['metrics', 'version', 'model', 'variant', 'provider']))
    .min(1)
    .meta({ description: 'Keys that this birth lacks, because the broker takes no larger message.' }),
  version: birth.shape.version.optional(),
  model: birth.shape.model.optional(),
  variant: birth.shape.variant.optional(),
  provider: birth.shape.provider.optional(),
});

const offline = z.object({
  online: z.literal(false),
  bdSeq,
  ts: ts.meta({ description: 'Unix ms of the clean stop; in a last will, of the start of the connection that broke.' }),
  seq: seq.optional().meta({ description: 'As everywhere; absent in a last will, which the broker sends.' }),
  reason: z.string().min(1).max(64).optional().meta({
    description: 'Why it stopped on purpose ("stopped"); absent in a last will: the device is gone without a word.',
  }),
});

const metrics = z.object({
  ts,
  seq,
  historical: z.literal(true).optional().meta({
    description: 'Measured while the broker was away and sent afterwards, at QoS 1.',
  }),
  full: z.literal(true).optional().meta({
    description: 'All values are here; otherwise only those that changed since the previous metrics message.',
  }),
  values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).meta({
    description: 'By name; units are in the birth message. null: there is no reading.',
  }),
});

const origin = z.enum(ORIGINS).meta({ description: 'Where the answer came from.' });

const box = z.tuple([pixels, pixels, pixels, pixels]);

const sighted = {
  ts,
  seq,
  camera: identifier('Camera that saw it.'),
  frame: z.int().min(0).meta({ description: 'Sequence number of the frame.' }),
  capturedAt: z.int().min(0).meta({ description: 'Unix ms of the frame.' }),
  origin,
  ageMs: z.number().min(0).meta({ description: 'Age in ms of the inference behind it, 0 for an inferred frame.' }),
  confidence: z.number().min(0).max(1).meta({
    description: 'F1 against an inference of this frame that the answer is expected to have; 1 for an inferred one.',
  }),
  latencyMs: z.number().min(0).meta({ description: 'From capture to the answer, in ms.' }),
  counts: z.record(z.string(), z.int().min(0)).meta({ description: 'Vehicles before the camera now, by class.' }),
  vehicle: z
    .object({
      trackId: z.int().meta({
        description:
          'The same for the same vehicle in all its events; unique on the camera until the program restarts.',
      }),
      class: z.string().min(1),
      score: z.number().min(0).max(1),
      box: box.meta({ description: 'x1, y1, x2, y2.' }),
    })
    .meta({ description: 'The vehicle as it was last seen.' }),
};

const line = z.string().min(1).meta({ description: 'Id of the line.' });
const zone = z.string().min(1).meta({ description: 'Id of the zone.' });
const occupancy = z.int().min(0).meta({ description: 'Vehicles in the zone afterwards.' });
const duration = (description: string) => z.int().min(0).meta({ description });

const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appeared'), ...sighted }),
  z.object({
    kind: z.literal('left'),
    ...sighted,
    seenMs: duration('How long it was seen, in ms.'),
    firstBox: box.meta({ description: 'x1, y1, x2, y2 where it was seen first.' }),
  }),
  z.object({ kind: z.literal('stopped'), ...sighted, stoodMs: duration('How long it has been standing, in ms.') }),
  z.object({ kind: z.literal('moved'), ...sighted, stoodMs: duration('How long it stood, in ms.') }),
  z.object({
    kind: z.literal('crossed'),
    ...sighted,
    line,
    direction: z.string().min(1).meta({ description: 'What the configuration calls this side of the line.' }),
    total: z.int().min(1).meta({
      description: 'How often the line was crossed in this direction since the program started, by all classes.',
    }),
  }),
  z.object({ kind: z.literal('entered'), ...sighted, zone, occupancy }),
  z.object({
    kind: z.literal('exited'),
    ...sighted,
    zone,
    occupancy,
    stayedMs: duration('How long it was in the zone, in ms.'),
  }),
]) satisfies z.ZodType<{ kind: EventKind }>;

const alert = z.object({
  ts,
  seq,
  code: identifier('What is wrong, always the same word for the same thing.'),
  severity: z.enum(SEVERITIES),
  message: z.string().min(1).max(1000).meta({ description: 'For people: what failed and what to do.' }),
  since: z.int().min(0).meta({ description: 'Unix ms when it began.' }),
  details: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))
    .optional()
    .meta({ description: 'The numbers around it.' }),
});

const share = z.number().min(0).max(1);

const accuracyReport = z.object({
  ts,
  seq,
  cameras: z.array(
    z.object({
      camera: identifier('Camera.'),
      hours: z
        .array(
          z.object({
            hour: z.int().min(0).max(23).meta({ description: "Of the day, by the device's clock." }),
            audits: z.number().min(0).meta({ description: 'Answers behind it; those of earlier days count less.' }),
            f1: share.nullable().meta({
              description:
                'Of answers without inference against inferences of the same frames; null where no audited frame had a vehicle.',
            }),
            propagationF1: share.nullable().meta({ description: 'The same of propagated answers alone.' }),
            wrongReuseRatio: share.nullable().meta({
              description: 'Share of the audited reused answers that were wrong; null where none was audited.',
            }),
          }),
        )
        .max(24)
        .meta({ description: 'The hours with audits.' }),
    }),
  ),
});

const commandId = z.union([z.string().max(64), z.int()]).meta({
  description: 'Chosen by whoever sends the command; comes back in the result.',
});

const command = z.looseObject({ id: commandId.optional() });

const commandResult = z.object({
  ts,
  seq,
  command: identifier('Name of the command.'),
  id: commandId.optional(),
  ok: z.boolean(),
  error: z.string().max(1000).optional().meta({ description: 'Only where ok is false: why.' }),
  result: z.record(z.string(), z.unknown()).optional().meta({ description: 'What the command answers.' }),
});

const invalidation = z.object({
  ts,
  seq,
  version: z.literal(1),
  device: identifier('Device that tells it; each ignores its own messages.'),
  tenant: identifier('Whose cache it is, where a device serves several; the others ignore it.').optional(),
  tags: z
    .array(z.string().min(1).max(256))
    .min(1)
    .max(100)
    .meta({ description: 'Whatever a device has cached under one of these names is stale.' }),
});

/** One kind of message: its topic below `edge/v1/<site>/<device>/`, how it is sent, what it holds. */
export interface MessageKind {
  readonly topic: string;
  /** Between devices, the topic is below `edge/v1/<site>/_site/`. */
  readonly direction: 'from device' | 'to device' | 'between devices';
  readonly qos: string;
  readonly retained: boolean;
  readonly description: string;
  readonly schema: z.ZodType;
}

export const MESSAGES = {
  status: {
    topic: 'status',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'Birth after every connection and change of model; last will; clean stop.',
    schema: z.union([birth, shortBirth, offline]),
  },
  metrics: {
    topic: 'metrics',
    direction: 'from device',
    qos: '0, historical ones 1',
    retained: false,
    description: 'What changed since the previous message; all values now and then and after each birth.',
    schema: metrics,
  },
  event: {
    topic: 'event/<camera>',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'What a vehicle did: appeared, left, stopped, moved, crossed a line, entered or exited a zone.',
    schema: event,
  },
  alert: {
    topic: 'alert/<code>',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'Something is wrong; retained while it is. An empty payload says that it is over.',
    schema: alert,
  },
  'report-accuracy': {
    topic: 'report/accuracy',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'How good the answers without inference are at each hour of the day, by audits; every ten minutes.',
    schema: accuracyReport,
  },
  command: {
    topic: 'cmd/<name>',
    direction: 'to device',
    qos: '1',
    retained: false,
    description: 'A command; an empty payload counts as {}. Retained ones are ignored.',
    schema: command,
  },
  'command-result': {
    topic: 'cmd/<name>/result',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'The answer to a command.',
    schema: commandResult,
  },
  invalidation: {
    topic: 'cmd/invalidate',
    direction: 'between devices',
    qos: '1',
    retained: false,
    description: 'What was invalidated in the cache of one device and is to be in those of the others.',
    schema: invalidation,
  },
} as const satisfies Record<string, MessageKind>;

export type MessageName = keyof typeof MESSAGES;

export type MetricValue = number | string | null;
export type MetricValues = Record<string, MetricValue>;
export type MetricDefinition = z.infer<typeof metricDefinition>;

/** What a birth tells about the device besides the numbers that the publisher adds; nulls until a model is loaded. */
export type BirthInfo = Omit<z.infer<typeof birth>, 'online' | 'bdSeq' | 'ts' | 'seq'>;
/** An event as its maker hands it in: `camera`, `ts` and `seq` are added when it is published. */
export type EventPayload = WithoutKeys<z.infer<typeof event>, 'ts' | 'seq' | 'camera'>;
/** `Omit` for each member of a union. */
type WithoutKeys<T, K extends string> = T extends unknown ? Omit<T, K> : never;
/** An alert as its maker hands it in: `code`, `ts` and `seq` are added when it is published. */
export type AlertPayload = Omit<z.infer<typeof alert>, 'ts' | 'seq' | 'code'>;
/** An accuracy report as its maker hands it in: `ts` and `seq` are added when it is published. */
export type AccuracyReportPayload = Omit<z.infer<typeof accuracyReport>, 'ts' | 'seq'>;
/** A command as it arrives: `id` and whatever else its handler understands. */
export type CommandMessage = z.infer<typeof command>;
export type CommandResult = Omit<z.infer<typeof commandResult>, 'ts' | 'seq'>;

/** @throws ZodError where it is not an object or its id is neither text nor number */
export const parseCommandMessage = (value: unknown): CommandMessage => command.parse(value);

/** The JSON Schema (2020-12) of one kind of message, as published in docs/mqtt/. */
export function messageJsonSchema(name: MessageName): Record<string, unknown> {
  const { topic, direction, description, schema } = MESSAGES[name];
  return {
    ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }),
    title: `edge/v1/<site>/${direction === 'between devices' ? '_site' : '<device>'}/${topic}`,
    description,
  };
}
