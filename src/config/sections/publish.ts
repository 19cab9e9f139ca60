import { z } from '../../foundation/validate.js';
import { identifier, int, real } from '../key-types.js';

/** What vehicles can do, and events tell. */
export const EVENT_KINDS = [
  'appeared',
  'left',
  'stopped',
  'moved',
  'crossed',
  'entered',
  'exited',
  'infraction',
] as const;

/** A list of kinds of events that are published. */
export const eventKinds = z.array(z.enum(EVENT_KINDS)).max(EVENT_KINDS.length);

/** `publish`: what is told over MQTT, and how often. */
export const publish = z.strictObject({
  events: eventKinds.default(['crossed', 'entered', 'exited', 'stopped', 'moved', 'infraction']).meta({
    description:
      'Kinds of events that are published; cameras may have a list of their own. appeared and left are no counts: a vehicle that was hidden appears again.',
  }),
  eventDetail: z.enum(['lean', 'full']).default('lean').meta({
    description:
      'How much an event says: lean is who did what, where and when; full adds score, boxes, frame, origin, confidence, latency and how many others there are.',
  }),
  dailyBytes: int(0, 1_000_000_000, {
    unit: 'bytes',
    description:
      'What all messages of a day may take together. Single events are left out first and counted (traffic has the complete counts); 0: no bound.',
  }).default(1_000_000),
  maxEventsPerSecond: int(1, 10_000, {
    unit: 'events/s',
    description: 'Events that one camera may publish, on average; what goes beyond is left out and counted.',
  }).default(20),
  trafficIntervalMin: z.literal([1, 5, 15]).default(5).meta({
    unit: 'min',
    description: 'Length of the intervals, aligned to the clock, in which vehicles are counted.',
  }),
  metricsIntervalMs: int(200, 3_600_000, {
    unit: 'ms',
    description: 'How often metrics are published; only those that changed by more than their dead band.',
  }).default(120_000),
  metricsFullEvery: int(0, 1000, {
    unit: 'messages',
    description:
      'Every so many metrics messages all values are sent there, changed or not; 0: only after a birth, since metrics/full has them.',
  }).default(0),
  metricsFullIntervalMs: int(60_000, 86_400_000, {
    unit: 'ms',
    description: 'How often all values are published to metrics/full, which the broker retains.',
  }).default(3_600_000),
  deadBands: z
    .record(z.string(), real(0, 1e15, { description: 'By how much it must change to be told.' }))
    .default({})
    .meta({
      description:
        'Metrics that are told only where they change by more than this, by name in MQTT (temperature_c.soc) or, for all that begin so, by the part before the first dot; 0 tells every change. The others have 5 %, or more where the unit says so.',
    }),
  summaryMetrics: z
    .array(identifier({ description: 'Name of a metric; every camera or part that has it is in the summary.' }))
    .max(64)
    .default(['vehicles', 'fps_captured', 'latency_p95', 'machine_cpu', 'machine_memory', 'machine_temperature'])
    .meta({
      description: 'Metrics that are told minute by minute, also for the time without a broker; [] tells none.',
    }),
  summaryColumns: z
    .array(z.enum(['min', 'mean', 'max', 'p95']))
    .min(1)
    .max(4)
    .default(['mean', 'max'])
    .meta({ description: 'What is told of each minute.' }),
  summaryMinutes: int(1, 60, {
    unit: 'min',
    description: 'Minutes in one summary message.',
  }).default(15),
});
