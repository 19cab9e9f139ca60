import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';

const unixMs = z.int().min(0);

const speedReply = z.object({
  provider: z.string(),
  threads: z.int(),
  batch: z.int(),
  workers: z.int(),
  p50Ms: z.number().nullable().meta({ description: 'ms of one batch; null where it failed.' }),
  p95Ms: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  millijoules: z.number().nullable().meta({ description: 'Of a picture; null: no power is read.' }),
  measuredAt: unixMs,
  failure: z.string().nullable(),
});

const variantReply = z.object({
  id: z.string(),
  precision: z.string(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  isInUse: z.boolean(),
  accuracyKept: z.number().nullable().meta({ description: 'Of the fp32 model’s, 0..1; null: not measured.' }),
  accuracyMetric: z.string().nullable(),
  labelled: z
    .array(z.object({ metric: z.string(), set: z.string(), value: z.number() }))
    .meta({ description: 'Against labelled pictures.' }),
  seenHere: z
    .object({ f1: z.number(), boxes: z.int(), measuredAt: unixMs })
    .nullable()
    .meta({ description: 'On the pictures of this device’s own cameras; null: not measured.' }),
  speed: z.array(speedReply).meta({ description: 'Measured on this device, the fastest first.' }),
  needs: z.string().nullable(),
  providers: z.array(z.string()),
  madeBy: z.string(),
});

const modelReply = z.object({
  name: z.string(),
  problem: z.string().nullable().meta({ description: 'What is wrong with its manifest; null: nothing.' }),
  description: z.string().nullable(),
  family: z.string().nullable(),
  licence: z.string().nullable(),
  origin: z.string().nullable(),
  classes: z.array(z.string()),
  variants: z.array(variantReply),
});

const gateReply = z.object({
  report: z.string().meta({ description: 'Name of its folder in store.dir/reports.' }),
  at: unixMs,
  model: z.string(),
  target: z.string(),
  recommended: z.string().nullable(),
  isDryRun: z.boolean(),
  pictures: z.int().meta({ description: 'Held back: what the variants were judged on.' }),
  labelled: z.int(),
  outcomes: z.array(
    z.object({
      id: z.string(),
      verdict: z.string(),
      reason: z.string().nullable(),
      accuracyKept: z.number().nullable(),
      speedup: z.number().nullable(),
      bytes: z.number().nullable(),
    }),
  ),
});

const modelsReply = z.object({
  at: unixMs,
  inUse: z
    .object({
      model: z.string(),
      variant: z.string(),
      provider: z.string().meta({ description: 'What really runs it, as its workers found.' }),
      runtime: z.string(),
      inputWidth: z.int(),
      inputHeight: z.int(),
      workers: z.int(),
      threads: z.int(),
      batch: z.int(),
      loadMs: z.number(),
      warmupMs: z.number(),
      classes: z.array(z.string()).meta({ description: 'Those that are reported.' }),
      refused: z.array(z.object({ provider: z.string(), reason: z.string() })),
    })
    .nullable()
    .meta({ description: 'null before one answers.' }),
  configured: z.object({ model: z.string(), variant: z.string(), providers: z.array(z.string()) }),
  folderProblem: z.string().nullable(),
  models: z.array(modelReply),
  reports: z.array(gateReply).meta({ description: 'What the workshop found out on this device, newest first.' }),
});

/** What may answer, and what does. */
export type ModelsView = z.infer<typeof modelsReply>;
/** One model as it is shown. */
export type ModelView = z.infer<typeof modelReply>;
/** One way to run it. */
export type VariantView = z.infer<typeof variantReply>;
/** One measurement on this device. */
export type VariantSpeed = z.infer<typeof speedReply>;
/** What the workshop found out, in short. */
export type GateReportView = z.infer<typeof gateReply>;

/** What models there are. */
export interface ModelsPort {
  view(): Promise<ModelsView>;
}

/** What the page Models asks. */
export const modelsRoutes = (port: ModelsPort): HttpRoute[] => [
  apiRoute({
    path: '/api/v1/models',
    summary: 'The model that answers and those that could: accuracy, speed measured here, size, gate reports',
    reply: modelsReply,
    handle: () => port.view(),
  }),
];
