import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { KNOBS } from '../../config/sections/tune.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { askedTime } from '../../http/asked-time.js';
import { trialFacts, VERDICTS } from '../../telemetry/mqtt/messages/trial.js';
import { HISTORY_UNREADABLE } from './history-unreadable.js';

const MOST_TRIALS = 200;
const MOST_PIN_S = 30 * 86_400;
const unixMs = z.int().min(0);

/** What holds a knob where it stands. */
const pinReply = z.object({
  by: z.enum(['configuration', 'command', 'strategy-off']).meta({
    description:
      'configuration: a key of the file says so; command: somebody has set it for a time; strategy-off: what moves it is turned off.',
  }),
  until: unixMs.nullable().meta({ description: 'Unix ms; null: for good.' }),
  who: z.string().nullable().meta({ description: 'Id of the key that set it, or of whoever did.' }),
});

const knobReply = z.object({
  name: z.enum(KNOBS),
  setting: z.string().nullable().meta({ description: 'Key that sets it for a time; null: none does.' }),
  value: z
    .union([z.number(), z.string()])
    .nullable()
    .meta({ description: 'Where it stands; null before a model answers.' }),
  unit: z.string().nullable(),
  least: z.number().nullable(),
  most: z.number().nullable(),
  choices: z.array(z.string()).nullable().meta({ description: 'What it can be, where that is a list.' }),
  pin: pinReply.nullable(),
});

const pointReply = z.object({
  name: z.string(),
  model: z.string(),
  variant: z.string(),
  provider: z.string(),
  workers: z.int(),
  intraOpThreads: z.int(),
  batchSize: z.int(),
  accuracy: z.number().meta({ description: 'F1 against the truth, where every frame is inferred in time.' }),
  serviceMs: z.number().meta({ description: 'ms of one picture alone.' }),
  picturesPerS: z.number(),
  cpuMs: z.number().nullable(),
  millijoules: z.number().nullable().meta({ description: 'Energy of a picture; null: nobody knows.' }),
  memoryBytes: z.number().nullable(),
  isMeasured: z.boolean().meta({ description: 'Measured on this device, or estimated.' }),
  isInUse: z.boolean(),
});

const movedReply = z.object({ at: unixMs, from: z.string(), to: z.string(), reason: z.string() });

const tuningReply = z.object({
  at: unixMs,
  enabled: z.boolean(),
  mode: z.string(),
  waitsFor: z.string().nullable().meta({ description: 'Why nothing is decided; null where it is.' }),
  budgets: z.object({
    latencyMs: z.number(),
    maxTemperature: z
      .number()
      .nullable()
      .meta({ description: '°C that is not to be passed; null: nothing bounds it.' }),
    maxWatts: z.number().nullable(),
    maxMemoryBytes: z.number().nullable(),
    maxCpuBusy: z.number(),
  }),
  now: z
    .object({
      at: unixMs,
      temperature: z.number().nullable(),
      throttleAt: z.number().nullable().meta({ description: '°C at which the board holds itself back.' }),
      throttledBy: z.array(z.string()),
      watts: z.number().nullable(),
      p95LatencyMs: z.number().nullable(),
      lateShare: z.number(),
      keptF1: z.number().nullable(),
      cpuBusy: z.number().nullable(),
      memoryBytes: z.number().nullable(),
    })
    .nullable()
    .meta({ description: 'What was seen last; null before that.' }),
  decision: z
    .object({
      kind: z.string(),
      reason: z.string(),
      isUrgent: z.boolean(),
      forecast: z.object({
        temperature: z.number().nullable().meta({ description: '°C, the highest of the next ten minutes.' }),
        utilisation: z.number(),
        p95LatencyMs: z.number().nullable(),
        effectiveAccuracy: z.number(),
        watts: z.number().nullable(),
      }),
    })
    .nullable(),
  lastChange: movedReply.nullable(),
  knobs: z.array(knobReply),
  points: z.array(pointReply).meta({ description: 'The operating points that no other beats.' }),
  heldOff: z.array(z.object({ point: z.string(), failures: z.int(), reason: z.string(), forS: z.number() })),
  strategies: z.array(
    z.object({
      name: z.enum(OPTIMIZATIONS),
      isEnabled: z.boolean(),
      isAvailable: z.boolean(),
      note: z.string().nullable(),
    }),
  ),
  underWay: z.array(trialFacts),
  stuck: z.array(trialFacts).meta({ description: 'What was to be taken back, and stands still.' }),
  reversible: z.array(z.string()).meta({ description: 'Trials that can be taken back now.' }),
  measuring: z.object({ state: z.string(), detail: z.string(), left: z.int().nullable() }).meta({
    description: 'What is measured while the device has nothing better to do.',
  }),
});

const trialsReply = z.object({
  from: unixMs,
  to: unixMs,
  total: z.int().meta({ description: 'How many there are, whatever the limit.' }),
  skipped: z.int().meta({ description: 'How many newer ones were left out.' }),
  trials: z.array(trialFacts.extend({ isReversible: z.boolean() })),
});

const trialsQuery = z.strictObject({
  since: z.string().default('7d'),
  until: z.string().optional(),
  strategy: z.enum(OPTIMIZATIONS).optional(),
  verdict: z.enum([...VERDICTS, 'under-way']).optional(),
  limit: z.coerce.number().int().min(1).max(MOST_TRIALS).default(50),
  skip: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

const pinBody = z.strictObject({
  knob: z.enum(KNOBS),
  value: z
    .union([z.number(), z.string().max(100)])
    .optional()
    .meta({ description: 'Default: where it stands.' }),
  forS: z.int().min(60).max(MOST_PIN_S).default(3600),
});
const changedReply = z.object({
  knob: z.enum(KNOBS),
  state: z.enum(['done', 'applying']).meta({ description: 'applying: other workers are still being loaded for it.' }),
});

const takenBackReply = z.object({
  trial: trialFacts.nullable().meta({ description: 'As it ended; null while it is still being taken back.' }),
  state: z.enum(['done', 'applying']),
});

/** How the device tunes itself now. */
export type TuningView = z.infer<typeof tuningReply>;
/** One knob as it is shown. */
export type KnobView = z.infer<typeof knobReply>;
/** What holds a knob. */
export type KnobPin = z.infer<typeof pinReply>;
/** An operating point as it is shown. */
export type PointView = z.infer<typeof pointReply>;
/** The ledger as it is shown. */
export type TrialsView = z.infer<typeof trialsReply>;
/** A trial, without whether it can be taken back. */
export type TrialView = z.infer<typeof trialFacts>;
/** What became of a pin. */
export type KnobChanged = z.infer<typeof changedReply>;

/** What became of a trial that was to be taken back. */
export type TakenBack = z.infer<typeof takenBackReply>;

/** What of the ledger is asked; times in Unix ms. */
export interface AskedTrials {
  readonly since: number;
  readonly until: number;
  readonly strategy?: string | undefined;
  readonly verdict?: string | undefined;
  readonly limit: number;
  readonly skip: number;
}

/** Some of the ledger, newest first. */
interface ListedTrials {
  /** How many there are, whatever the limit. */
  readonly total: number;
  readonly trials: readonly TrialView[];
}

/** What the tuning shows, and how it is changed. */
export interface TuningPort {
  view(): TuningView | Promise<TuningView>;
  /** null where the history cannot be read. */
  trials(asked: AskedTrials): ListedTrials | null;
  reversible(): readonly string[];
  /** @param value null: it is moved again @throws RangeError or ApiRefusal, in words for whoever asked */
  pin(knob: KnobView['name'], value: number | string | null | undefined, forMs: number): Promise<KnobChanged>;
  /** @throws ApiRefusal, in words for whoever asked */
  takeBack(trial: string): Promise<TakenBack>;
}

/** What the page Tuning asks, and what it changes. @param now Unix ms */
export function tuningRoutes(port: TuningPort, now: () => number): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/tuning',
      summary: 'Where the knobs stand and why, what there is to choose from, what is being tried',
      reply: tuningReply,
      handle: () => port.view(),
    }),
    apiRoute({
      path: '/api/v1/trials',
      summary: 'The ledger of what was tried, newest first: before, after, and what became of it',
      query: trialsQuery,
      reply: trialsReply,
      handle: ({ query }) => ledgerOf(port, query, now()),
    }),
    apiRoute({
      path: '/api/v1/tuning/pin',
      method: 'POST',
      summary: 'Holds a knob where it stands, or at a value, for a time',
      body: pinBody,
      reply: changedReply,
      handle: ({ body: { knob, value, forS } }) => port.pin(knob, value, forS * 1000),
    }),
    apiRoute({
      path: '/api/v1/tuning/unpin',
      method: 'POST',
      summary: 'Lets a knob be moved again that was pinned for a time',
      body: z.strictObject({ knob: z.enum(KNOBS) }),
      reply: changedReply,
      handle: ({ body: { knob } }) => port.pin(knob, null, 0),
    }),
    apiRoute({
      path: '/api/v1/tuning/rollback',
      method: 'POST',
      summary: 'Takes back a trial that is under way or was kept',
      body: z.strictObject({ trial: z.string().min(1).max(100) }),
      reply: takenBackReply,
      handle: ({ body: { trial } }) => port.takeBack(trial),
    }),
  ];
}

function ledgerOf(port: TuningPort, query: z.infer<typeof trialsQuery>, now: number): TrialsView {
  const { since: sinceText, until: untilText, ...rest } = query;
  const since = askedTime('since', sinceText, now);
  const until = untilText === undefined ? now : askedTime('until', untilText, now);
  const { total, skipped, trials } = pageOf(port, { since, until, ...rest });
  const reversible = new Set(port.reversible());
  const shown = trials.map((trial) => ({ ...trial, isReversible: reversible.has(trial.id) }));
  return { from: since, to: until, total, skipped, trials: shown };
}

/** A list that became shorter has a last page all the same. @throws ApiRefusal */
function pageOf(port: TuningPort, asked: AskedTrials): ListedTrials & Pick<TrialsView, 'skipped'> {
  const found = port.trials(asked);
  if (found === null) throw new ApiRefusal(503, HISTORY_UNREADABLE);
  const { skip, limit } = asked;
  const last = Math.max(0, Math.floor((found.total - 1) / limit) * limit);
  return skip > last ? pageOf(port, { ...asked, skip: last }) : { ...found, skipped: skip };
}
