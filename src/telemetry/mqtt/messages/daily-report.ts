import { z } from '../../../foundation/validate.js';
import { toldHead } from './evidence.js';
import { numbered, topicLevel } from './head.js';

const share = z.number().min(0).max(1);
const unixMs = z.int().min(0);
const amount = z.number().min(0);
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .meta({ description: 'Day by the clocks of the site: 2026-11-27.' });

/** Why nothing was seen for a while. */
export const OUTAGE_CAUSES = ['program-off', 'machine-off', 'paused', 'camera-lost', 'not-measured'] as const;

/** What a day is held against, and what is followed over weeks. */
export const FIGURES = [
  'vehicles',
  'availability',
  'f1',
  'latencyP95',
  'withoutInference',
  'energyWh',
  'bytes',
  'temperature',
] as const;

/** What the health of a database is made of. */
export const HEALTH_PARTS = [
  'integrity',
  'index hits',
  'cache hits',
  'average query',
  'slow queries',
  'fragmentation',
  'write-ahead log',
  'locks',
  'fsync',
  'free space',
  'statistics',
] as const;

const outage = z.object({
  from: unixMs,
  to: unixMs.meta({ description: 'Unix ms; up to but without.' }),
  cause: z.enum(OUTAGE_CAUSES).meta({
    description:
      'program-off: the program did not run; machine-off: nor did the machine; paused: somebody wanted it so; camera-lost: the program ran and no picture came; not-measured: nothing is kept of that time.',
  }),
});

const hour = z.object({
  at: unixMs.meta({ description: 'Unix ms at which the hour begins.' }),
  vehicles: z
    .int()
    .min(0)
    .nullable()
    .meta({ description: 'As they were counted; null where the camera was not seen.' }),
  coverage: share.meta({ description: 'Share of the hour in which the camera was seen.' }),
});

const foretold = z.object({ at: unixMs, expected: amount, low: amount.nullable(), high: amount.nullable() });

const reportedCamera = z.object({
  camera: topicLevel('Camera.'),
  served: share.nullable().meta({
    description: 'Share of the day, or of it from `since` on, in which pictures came; null where nothing is kept.',
  }),
  since: unixMs.nullable().meta({
    description:
      'When the camera was read for the first time, where that is after the day began: before, it was not there yet and is not blamed. null: it was there before, or never.',
  }),
  outageCount: z.int().min(0),
  outages: z.array(outage).max(50).meta({ description: 'The longest ones, in order of time.' }),
  reconnects: z.int().min(0).nullable(),
  traffic: z
    .object({
      place: z
        .string()
        .meta({ description: 'Line or zone where most were counted: what `vehicles` and `hours` are of.' }),
      vehicles: z.int().min(0).nullable(),
      coverage: share.meta({ description: 'Share of the day in which the camera was seen.' }),
      classes: z.record(z.string(), z.int().min(0)),
      hours: z.array(hour).max(25),
      places: z.array(z.object({ place: z.string(), direction: z.string(), vehicles: z.int().min(0) })),
    })
    .nullable()
    .meta({ description: 'null where nothing is kept: no lines and zones, or the camera was never seen.' }),
  f1: share.nullable().meta({ description: 'Mean of the estimated F1; null where no audit tells anything.' }),
  f1Low: share.nullable().meta({ description: 'What the F1 is at least, in 95 % of cases.' }),
  worstHour: z.object({ at: unixMs, f1: share }).nullable(),
  latencyP50: amount.nullable().meta({ description: 'ms, median of the medians of the hours.' }),
  latencyP95: amount
    .nullable()
    .meta({ description: 'ms from capture to the answer that 95 % of the frames stayed under.' }),
  answers: z
    .record(z.string(), z.int().min(0))
    .nullable()
    .meta({ description: 'Frames by where their answer came from.' }),
  dropped: z.record(z.string(), z.int().min(0)).nullable().meta({ description: 'Frames without an answer, by cause.' }),
  withoutInference: share.nullable(),
  tomorrow: z
    .object({
      date,
      expected: amount.meta({ description: 'Vehicles of the day.' }),
      peak: foretold.meta({ description: 'The hour with most, and between which bounds 9 of 10 such hours lie.' }),
      quietest: foretold,
    })
    .nullable()
    .meta({
      description: 'What the 24 hours after the day were expected to be; null with less than two days of the past.',
    }),
});

/** Something to do, why, what it brings, and how it is done. */
export const recommendation = z.object({
  code: z.string().meta({ description: 'Which one: docs/reports.md lists them.' }),
  values: z.record(z.string(), z.union([z.number(), z.string()])).meta({ description: 'The numbers it rests on.' }),
  since: unixMs.nullable().meta({ description: 'Since when it is so, as far as the history tells.' }),
  gain: z.object({
    kind: z.enum(['measured', 'predicted', 'unknown']),
    source: z.enum(['trials', 'tuning', 'forecast', 'weeks-before', 'trend', 'none']),
    value: z.number().nullable(),
    unit: z.string(),
  }),
  command: z.string().meta({ description: 'To be typed on the device as it stands.' }),
});

const comparison = z.object({
  figure: z.enum(FIGURES),
  now: z.number(),
  usual: z
    .number()
    .meta({ description: 'Median of the same weekday in the weeks before; of counts over the hours that both saw.' }),
  change: z.number().nullable().meta({ description: 'Relative to usual; null where that is 0.' }),
  weeks: z.int().min(1),
});

const reportedChain = z.object({
  ...toldHead.shape,
  records: z.int().min(0).meta({ description: 'Records that were written on the day and are still there.' }),
  kinds: z.record(z.string(), z.int().min(0)).meta({ description: 'The same by kind of event.' }),
});

/** The chain of the evidence in a daily report: how far it was when the report was made, and what was written on the day. */
export type ReportedChain = z.infer<typeof reportedChain>;

/** Everything that a daily report says. */
export const dailyFacts = z.object({
  date,
  timeZone: z.string(),
  from: unixMs,
  to: unixMs.meta({ description: 'Unix ms; up to but without. Of a day that goes on, how far the report reaches.' }),
  hours: z
    .number()
    .meta({ description: 'From `from` to `to`: 23 or 25 where clocks were changed, fewer of a day that goes on.' }),
  madeAt: unixMs,
  tenant: z.string().nullable(),
  program: z.object({
    ran: share
      .nullable()
      .meta({ description: 'Share of the day in which the program ran; null where nothing is kept.' }),
    outageCount: z.int().min(0),
    outages: z.array(outage).max(50),
    workerRestarts: z.record(z.string(), z.int().min(0)).nullable(),
  }),
  cameras: z.array(reportedCamera),
  machine: z
    .object({
      cpu: amount.nullable().meta({ description: 'Mean, percent of all cores.' }),
      memory: amount.nullable().meta({ description: 'Highest hourly mean, percent.' }),
      temperature: z.number().nullable().meta({ description: 'Highest, °C.' }),
      throttled: share.nullable().meta({ description: 'Share of the time in which the machine was held back.' }),
      diskFree: amount.nullable().meta({ description: 'Lowest, bytes, where the data lie.' }),
    })
    .nullable()
    .meta({ description: 'null in the report of a tenant.' }),
  costs: z.object({
    currency: z.string(),
    energyWh: amount.nullable().meta({ description: 'null where the board tells no power.' }),
    energyCost: amount.nullable().meta({ description: 'null without a price, tune.costPerKwh.' }),
    bytes: amount.nullable().meta({ description: 'To and from the broker.' }),
    bytesCost: amount.nullable().meta({ description: 'null without a price, tune.costPerGb.' }),
    total: amount.nullable(),
  }),
  alerts: z.array(
    z.object({
      code: z.string(),
      severity: z.string(),
      raised: z.int().min(0).meta({ description: 'Times that it began on that day.' }),
      heldMs: z.int().min(0).meta({ description: 'How long it held on that day.' }),
      holds: z.boolean().meta({ description: 'At the end of the day.' }),
      message: z.string(),
    }),
  ),
  trials: z.array(
    z.object({
      id: z.string(),
      strategy: z.string(),
      from: z.string(),
      to: z.string(),
      startedAt: unixMs,
      verdict: z.string(),
      gain: z
        .number()
        .nullable()
        .meta({ description: 'Score after less score before; null where one was not measured.' }),
      why: z.string(),
    }),
  ),
  databases: z.array(
    z.object({
      name: z.string(),
      bytes: amount.nullable(),
      degraded: share.nullable().meta({ description: 'Share of the time in which nothing could be stored.' }),
      droppedRows: z.int().min(0).nullable(),
      setAside: z.int().min(0).nullable().meta({ description: 'Damaged files that were renamed.' }),
      health: z
        .object({
          score: z
            .int()
            .min(0)
            .max(100)
            .nullable()
            .meta({ description: 'Weighted mean of the parts; null where none was measured.' }),
          parts: z
            .array(
              z.object({
                name: z.enum(HEALTH_PARTS),
                score: share,
                value: z.string().meta({ description: 'As it is read: `0.97`, `12 ms`.' }),
                goal: z.string().meta({ description: 'What it is held against: `>= 0.95`.' }),
              }),
            )
            .max(HEALTH_PARTS.length)
            .meta({ description: 'Those that were measured.' }),
        })
        .nullable()
        .optional()
        .meta({
          description:
            'How it was when the report was made; null, or absent, of days before yesterday, of a tenant, and where the program does not run.',
        }),
    }),
  ),
  infractions: z
    .record(z.string(), z.int().min(0))
    .nullable()
    .meta({ description: 'By rule; null where none is watched for.' }),
  evidence: z.int().min(0).nullable().meta({ description: 'Evidence stills that were kept; null where none are.' }),
  evidenceChain: reportedChain.optional().meta({
    description:
      'Head of the chain of the evidence when the report was made, as `report/evidence` tells it: whoever keeps it can prove later that no record up to it was changed or removed. Absent where no evidence is kept.',
  }),
  comparison: z.array(comparison),
  recommendations: z.array(recommendation),
});

/** `report/daily`. */
export const dailyReport = z.object({ ...numbered, ...dailyFacts.shape });

/** A daily report as its maker hands it in: the head is added when it is published. */
export type DailyReportPayload = z.infer<typeof dailyFacts>;

const changePoint = z.object({
  date: date.meta({ description: 'The first day on which it was so.' }),
  before: z.number(),
  after: z.number(),
  happened: z.array(
    z.object({
      at: unixMs,
      kind: z.enum(['trial', 'model', 'command', 'alert', 'outage']),
      text: z.string(),
    }),
  ),
});

/** Everything that a weekly report says. */
export const weeklyFacts = z.object({
  week: z
    .string()
    .regex(/^\d{4}-W\d\d$/)
    .meta({ description: 'ISO week: 2026-W48.' }),
  timeZone: z.string(),
  from: unixMs,
  to: unixMs,
  madeAt: unixMs,
  tenant: z.string().nullable(),
  trends: z.array(
    z.object({
      figure: z.enum(FIGURES),
      camera: z.string().nullable().meta({ description: 'null: of the device.' }),
      days: z
        .array(z.object({ date, value: z.number().nullable() }))
        .max(84)
        .meta({
          description: 'Up to twelve weeks that end with this one; null where nothing is known.',
        }),
      week: z.number().nullable().meta({ description: 'Median of the days of this week.' }),
      usual: z.number().nullable().meta({ description: 'Median of the days of the four weeks before.' }),
      slope: z
        .object({
          perWeek: z.number(),
          low: z.number(),
          high: z.number(),
          p: share.meta({
            description: 'Of Mann-Kendall, corrected for autocorrelation and for the number of figures.',
          }),
          since: date,
        })
        .nullable()
        .meta({ description: 'null where it is not significant (5 %), or there are too few days.' }),
      changes: z.array(changePoint),
    }),
  ),
});

/** `report/weekly`. */
export const weeklyReport = z.object({ ...numbered, ...weeklyFacts.shape });

/** A weekly report as its maker hands it in. */
export type WeeklyReportPayload = z.infer<typeof weeklyFacts>;
