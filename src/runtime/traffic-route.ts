import { durationOf } from '../foundation/duration.js';
import type { HttpReply, HttpRoute } from '../foundation/http-route.js';
import type { Viewer } from '../foundation/viewer.js';
import { json, problemReply, repeatedWord, unknownWord } from '../http/server.js';
import type { KeptTraffic } from '../store/joined-traffic.js';
import { readRequest } from '../store/series/series-request.js';
import { trafficAsJson, trafficInSteps } from '../store/traffic-json.js';

/** Intervals that one answer is made of: a month of a camera at 5 minutes. */
const MOST_INTERVALS = 9000;
const WORDS = ['since', 'until', 'step', 'camera'];
const SHORTEST_STEP_MS = 60_000;

/** `GET /api/traffic?since=&until=&step=&camera=`: what was counted, and the totals. */
export function trafficRoute(store: KeptTraffic, now: () => number): HttpRoute {
  return {
    path: '/api/traffic',
    openTo: 'tenants',
    handle: (query, viewer) => answerTo(query, viewer, store, now()),
  };
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
