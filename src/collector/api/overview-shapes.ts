import { SEVERITIES } from '../../foundation/alert-declaration.js';
import { z } from '../../foundation/validate.js';
import { PRESENCES } from '../device/presence.js';
import { MEASURE_NAMES, type MeasureName } from '../overview/measures.js';

/* What is answered of the whole fleet, and of a device in figures. */

const unixMs = z.int().meta({ description: 'Unix ms.' });
const count = z.int().min(0);
const reading = z.number().nullable();

const measuredShape = z
  .object(Object.fromEntries(MEASURE_NAMES.map((name) => [name, reading])) as Record<MeasureName, typeof reading>)
  .meta({
    description:
      'accuracy: estimated F1 of the worst camera; latencyMs: p95 of the slowest; fpsCaptured, fpsInferred, vehicles: of all cameras, cameras: how many tell of frames; withoutInference: share of answers; cpu, memory: %; temperature: °C; power: W; energy: Wh; waiting: s that the oldest message waits; uptime: s; null: no reading of late.',
  });

const rowShape = z.object({
  site: z.string(),
  device: z.string(),
  state: z.enum(PRESENCES),
  reason: z.string().nullable(),
  heardAt: unixMs,
  clockOffsetMs: reading,
  version: z.string().nullable(),
  model: z.string().nullable(),
  variant: z.string().nullable(),
  provider: z.string().nullable(),
  board: z.string().nullable(),
  configuration: z.string().nullable().meta({ description: 'Hash of how it is configured.' }),
  tenant: z.string().nullable(),
  alerts: z
    .array(
      z.object({
        code: z.string(),
        severity: z.enum(SEVERITIES),
        message: z.string(),
        action: z.string(),
        since: unixMs,
      }),
    )
    .meta({ description: 'That hold, the most severe first.' }),
  lost: count.meta({ description: 'Messages that will never come and that nobody told of.' }),
  labels: z.array(z.string()).meta({ description: 'That operators gave it; to tenants none.' }),
  measured: measuredShape,
  measuredAt: unixMs.nullable(),
  crossings: count.nullable().meta({ description: 'Of the last hour; null: nothing was counted.' }),
});

export const overviewReply = z.object({
  at: unixMs,
  devices: count.meta({ description: 'All of them.' }),
  matching: count.meta({ description: 'Those that were asked for.' }),
  skipped: count,
  rows: z.array(rowShape),
  states: z.object(
    Object.fromEntries(PRESENCES.map((state) => [state, count])) as Record<(typeof PRESENCES)[number], typeof count>,
  ),
  alerts: z.array(z.object({ code: z.string(), severity: z.enum(SEVERITIES), devices: count, since: unixMs })),
  versions: z.array(z.object({ version: z.string(), devices: count })),
  variants: z.array(
    z.object({ variant: z.string(), providers: z.array(z.string()), devices: count, accuracy: reading }),
  ),
  labels: z.array(z.object({ label: z.string(), devices: count })),
  sites: z.array(
    z.object({
      site: z.string(),
      devices: count,
      online: count,
      troubled: count.meta({ description: 'With an alert that somebody should care for.' }),
      crossings: count.nullable(),
    }),
  ),
  totals: z.object({
    power: reading.meta({ description: 'W, of `powerOf` devices.' }),
    powerOf: count,
    crossings: count.nullable().meta({ description: 'Of the last hour, of `crossingsOf` devices.' }),
    crossingsOf: count,
    accuracy: reading.meta({ description: 'Median of `accuracyOf` devices.' }),
    accuracyLeast: reading,
    accuracyOf: count,
    lost: count,
  }),
});

const gridShape = {
  from: unixMs.meta({ description: 'Unix ms at which the first step begins.' }),
  stepMs: count,
  steps: count,
};

export const deviceNowReply = rowShape.extend({
  birth: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'Its newest birth, without the list of metrics; null: none is kept.' }),
  metrics: z.array(z.string()).meta({ description: 'Names of what it measures, as its birth says.' }),
});

export const seriesReply = z.object({
  ...gridShape,
  series: z.array(z.object({ name: z.string(), values: z.array(reading) })),
});

export const countedReply = z.object({
  ...gridShape,
  classes: z.record(z.string(), z.array(count.nullable())),
  coverage: z.array(z.number()),
});

export const evidenceReply = z.object({
  records: z.array(
    z.object({
      at: unixMs,
      camera: z.string().nullable(),
      chain: z.string(),
      record: count,
      kind: z.string().nullable().meta({ description: 'What the event was, as the record says.' }),
      pictures: z.array(z.enum(['context', 'crop'])),
    }),
  ),
});

export type OverviewReply = z.infer<typeof overviewReply>;
export type OverviewRow = z.infer<typeof rowShape>;
export type DeviceNowReply = z.infer<typeof deviceNowReply>;
export type SeriesReply = z.infer<typeof seriesReply>;
export type CountedReply = z.infer<typeof countedReply>;
export type EvidenceReply = z.infer<typeof evidenceReply>;
