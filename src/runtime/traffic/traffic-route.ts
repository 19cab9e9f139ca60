import { WINDOW_WORDS } from '../../dashboard/api/window.js';
import { durationOf } from '../../foundation/duration.js';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { repeatedWord, unknownWord } from '../../http/query-words.js';
import { json, problemReply } from '../../http/server.js';
import type { KeptTraffic } from '../../store/joined-traffic.js';
import { readRequest } from '../../store/series/series-request.js';
import { trafficAsJson, trafficInSteps } from '../../store/traffic-json.js';

/** Intervals that one answer is made of: a month of a camera at 5 minutes. */
const MOST_INTERVALS = 9000;
const WORDS = ['since', 'until', 'step', 'camera'];
const SHORTEST_STEP_MS = 60_000;

const queryShape = z.strictObject({
  since: WINDOW_WORDS.since,
  until: WINDOW_WORDS.until,
  step: z
    .string()
    .max(20)
    .optional()
    .meta({ description: 'Length of the steps, `15m`, `1h`, `1d`; default as it was counted.' }),
  camera: z.string().max(63).optional().meta({ description: 'Only of this camera.' }),
});
const tally = z.record(z.string(), z.number()).meta({ description: 'Vehicles by class.' });
const zoneShape = z.object({
  entered: tally,
  exited: tally,
  occupancy: z.number().nullable().meta({ description: 'Vehicles in it at a time, on average.' }),
  maxOccupancy: z.number(),
  dwellMs: z.number().nullable().meta({ description: 'How long those that went out had been in it, on average.' }),
});
const intervalShape = z.object({
  camera: z.string(),
  from: z.number().meta({ description: 'Unix ms.' }),
  intervalS: z.number(),
  coverage: z.number().meta({ description: 'Share of it in which the camera was seen, 0 to 1.' }),
  lines: z
    .record(z.string(), z.record(z.string(), tally))
    .nullable()
    .meta({ description: 'By line and direction; null where the camera was not seen.' }),
  zones: z.record(z.string(), zoneShape).nullable(),
  eventsLeftOut: z.number(),
});
const replyShape = z.object({
  from: z.number(),
  to: z.number(),
  intervals: z.array(intervalShape),
  totals: z
    .array(z.looseObject({ camera: z.string() }))
    .meta({ description: 'How often everything was counted since when.' }),
});

/** `GET /api/v1/traffic?since=&until=&step=&camera=`: what was counted, and the totals; `/api/traffic` is the same. */
export function trafficRoutes(store: KeptTraffic, now: () => number): readonly HttpRoute[] {
  const { $schema: _, ...query } = z.toJSONSchema(queryShape, { io: 'input' });
  const { $schema: __, ...reply } = z.toJSONSchema(replyShape, { io: 'output' });
  const route = {
    openTo: 'tenants' as const,
    handle: (words: URLSearchParams, viewer: Viewer) => answerTo(words, viewer, store, now()),
  };
  const summary = 'Vehicles counted by camera, line, direction, zone and class, in steps of time';
  return [
    { ...route, path: '/api/traffic' },
    { ...route, path: '/api/v1/traffic', api: { summary, query, reply } },
  ];
}

function answerTo(query: URLSearchParams, viewer: Viewer, store: KeptTraffic, now: number): HttpReply {
  const problem = unknownWord(query, WORDS) ?? repeatedWord(query, WORDS);
  if (problem !== null) return problemReply([problem]);
  const word = (name: string) => query.get(name) ?? undefined;
  const time = readRequest(
    { since: word('since'), until: word('until') },
    { now, mostPoints: Number.POSITIVE_INFINITY },
  );
  if (!('from' in time)) return problemReply(time);
  const stepMs = query.has('step') ? durationOf(query.get('step')!) : null;
  if (query.has('step') && (stepMs === null || stepMs < SHORTEST_STEP_MS))
    return problemReply([`step: expected a time like 15m, 1h or 1d, got ${query.get('step') || 'nothing'}`]);
  const { from, to } = time;
  const cameras = chosenCameras(word('camera'), viewer);
  const asked = { from, to, cameras };
  const count = store.count(asked);
  if (count === null) return problemReply(['the history cannot be read now: the log says why'], 503);
  if (count > MOST_INTERVALS)
    return problemReply([`${count} intervals are more than ${MOST_INTERVALS}: choose a shorter time, or one camera`]);
  const intervals = trafficInSteps(store.read(asked) ?? [], stepMs);
  return json({ from, to, intervals: intervals.map(trafficAsJson), totals: store.totals(cameras) });
}

/** Of whom is asked; undefined: of all that there are. Another's camera is none of those that a tenant can ask for. */
function chosenCameras(camera: string | undefined, { cameras, sees }: Viewer): readonly string[] | undefined {
  if (camera === undefined) return cameras ?? undefined;
  return sees(camera) ? [camera] : [];
}
