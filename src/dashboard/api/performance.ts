import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { seesSeries, type Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';
import { slowTimes } from '../measures/slowness.js';
import { SUSPECTS } from '../measures/suspects.js';
import { type HappeningsPort, happeningsRoute } from './happenings.js';
import { severalRoute } from './history.js';
import { InTurn } from './in-turn.js';
import { Lately, type Once } from './lately.js';
import { askedWindow, WINDOW_WORDS } from './window.js';

/** What the page about performance is made of. */
export interface PerformancePort extends HappeningsPort {
  /** Ids of the cameras, in their order. */
  readonly cameras: () => readonly string[];
}

/** Questions that are answered or wait: ten pages that are opened at once. */
const MOST_WAITING = 40;
/** A reply is as good for others for so long: of what changes by the minute. */
const KEEP_MS = 5000;
const KEEP_SLOW_MS = 30_000;
const unixMs = z.number();
const number = z.number().nullable();

const slowTime = z.object({
  from: unixMs,
  to: unixMs,
  sign: z
    .enum(['latency', 'drops'])
    .meta({ description: 'latency: answers came later than usual; drops: frames got none.' }),
  was: z
    .number()
    .meta({ description: 'Of latency ms that 95 % of the frames stay under, of drops the share of the frames, 0..1.' }),
  usual: z.number(),
  stages: z.array(z.object({ stage: z.string(), was: z.number(), usual: z.number() })).meta({
    description: 'Steps of the work that took longer than usual, ms at the 95th percentile.',
  }),
  causes: z
    .array(
      z.object({
        suspect: z.enum(SUSPECTS),
        was: z.number(),
        usual: number,
        unit: z.enum(['share', '%', 'MHz', 'frames/s', '']),
        weight: z.number(),
      }),
    )
    .meta({ description: 'What was not as usual in that time, what says most first.' }),
  temperature: number,
  clock: number,
  usualClock: number,
});

const slowReply = z.object({
  from: unixMs,
  to: unixMs,
  stepMs: z.number(),
  usualFrom: unixMs.meta({ description: 'What is usual is learnt from here on.' }),
  times: z.array(slowTime).meta({ description: 'In order of time, the worst 12.' }),
});
export type SlowTimesReply = z.infer<typeof slowReply>;

const camerasReply = z.object({ cameras: z.array(z.string()) });
export type CameraNamesReply = z.infer<typeof camerasReply>;

interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
}

const keyOf = (key: string, { kind, tenant }: Viewer): string => `${kind} ${tenant ?? ''} ${key}`;

/** `/api/v1/history/several`, `/api/v1/happenings`, `/api/v1/slow-times`, `/api/v1/camera-names`. */
export function performanceRoutes(port: PerformancePort): HttpRoute[] {
  const turns = new InTurn(MOST_WAITING);
  const lately = new Lately(KEEP_MS);
  const slowLately = new Lately(KEEP_SLOW_MS);
  const once: Once = (key, viewer, work) => lately.ask(keyOf(key, viewer), performance.now(), () => turns.take(work));
  return [
    severalRoute(port, once),
    happeningsRoute(port, once),
    apiRoute({
      path: '/api/v1/slow-times',
      openTo: 'tenants',
      summary: 'When the board was slow in a time, and what was unusual then',
      query: z.strictObject({ ...WINDOW_WORDS, camera: z.string().max(200).optional() }),
      reply: slowReply,
      handle: ({ query, viewer }) => {
        const { from, to } = askedWindow(query, port.now(), 300, 2000);
        const camera = query.camera ?? null;
        const sees = ({ labels }: Labelled): boolean => seesSeries(viewer, labels);
        const key = keyOf(`slow ${JSON.stringify(query)}`, viewer);
        return slowLately.ask(key, performance.now(), () =>
          turns.take(async () => ({ from, to, ...(await slowTimes(port.reader(), { from, to, camera, sees })) })),
        );
      },
    }),
    apiRoute({
      path: '/api/v1/camera-names',
      openTo: 'tenants',
      summary: 'Ids of the cameras that may be looked at',
      reply: camerasReply,
      handle: ({ viewer }) => ({ cameras: port.cameras().filter((camera) => viewer.sees(camera)) }),
    }),
  ] as HttpRoute[];
}
