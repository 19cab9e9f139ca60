import type { ApiDescription, HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { seesSeries, type Viewer } from '../../foundation/viewer.js';
import { repeatedWord } from '../../http/query-words.js';
import { json, problemReply } from '../../http/server.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import { answersAsJson, spansAsJson } from '../../store/series/series-json.js';
import { type RequestWords, readRequest, unknownSeries } from '../../store/series/series-request.js';

/** Of one series, and of one reply. */
const MOST_POINTS = 10_000;
const MOST_IN_REPLY = 20_000;
const WORDS = ['metric', 'since', 'until', 'step'];

/**
 * `GET /api/history?metric=&since=&until=&step=`, and labels by their names (`&camera=north`): the points of a metric. Without
 * a metric the list of what is kept.
 */
export function historyRoute(reader: () => KeptSeries, now: () => number): HttpRoute {
  return {
    path: '/api/history',
    openTo: 'tenants',
    handle: (query, viewer) => answerTo(query, viewer, reader(), now()),
  };
}

/** The same as `GET /api/v1/history`, which describes itself. */
export function describedHistoryRoute(reader: () => KeptSeries, now: () => number): HttpRoute {
  return { ...historyRoute(reader, now), path: '/api/v1/history', api: DESCRIPTION };
}

const text = (description: string) => ({ type: 'string', description });
const number = { type: 'number' };
const DESCRIPTION: ApiDescription = {
  summary: 'The points of a metric over a time; without a metric the list of what is kept',
  query: {
    type: 'object',
    properties: {
      metric: text('A metric, or one series by its whole name.'),
      since: text('`24h`, `7d` before `until`, ISO 8601 or Unix time; default 24 hours.'),
      until: text('The same, before now; default now.'),
      step: text('`10s`, `1m`, `1h`; default such that there are about 500.'),
    },
    additionalProperties: text('A label of the metric: only series with that value.'),
  },
  reply: {
    type: 'object',
    required: ['series'],
    properties: {
      from: number,
      to: number,
      series: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'metric', 'labels', 'unit', 'kind'],
          properties: {
            name: { type: 'string' },
            metric: { type: 'string' },
            labels: { type: 'object', additionalProperties: { type: 'string' } },
            unit: { type: 'string' },
            kind: { enum: ['gauge', 'rate', 'histogram'] },
            stepMs: number,
            from: number,
            to: number,
            points: {
              type: 'array',
              items: {
                type: 'object',
                properties: { t: number, min: number, mean: number, max: number, p95: number, count: number },
              },
            },
            gaps: { type: 'array', items: { type: 'object', properties: { from: number, to: number } } },
          },
        },
      },
    },
  },
};

function answerTo(query: URLSearchParams, viewer: Viewer, reader: KeptSeries, now: number): HttpReply {
  const repeated = repeatedWord(query);
  if (repeated !== null) return problemReply([repeated]);
  const sees = ({ labels: own }: SeriesKey) => seesSeries(viewer, own);
  const metric = query.get('metric') ?? '';
  const labels = Object.fromEntries([...query].filter(([name]) => !WORDS.includes(name)));
  if (metric === '') return listOf(query, reader, sees);
  const known = reader.known().filter(({ key }) => sees(key));
  const series = known.filter(({ key }) => key.metric === metric || key.name === metric);
  if (series.length === 0) return problemReply([unknownSeries(metric, {}, known)], 404);
  const stranger = Object.keys(labels).find((label) => series.every(({ key }) => !Object.hasOwn(key.labels, label)));
  if (stranger !== undefined) return problemReply([notUnderstood(stranger, Object.keys(series[0]!.key.labels))]);
  const found = reader.find({ metric, labels, sees });
  const keptFrom = Math.min(...found.map(({ firstAt }) => firstAt));
  const time = readRequest(wordsOf(query), { now, mostPoints: MOST_POINTS, keptFrom });
  if (!('from' in time)) return problemReply(time);
  const { from, to, stepMs } = time;
  if (found.length === 0) return problemReply([unknownSeries(metric, labels, known)], 404);
  const points = found.length * Math.ceil((to - from) / stepMs);
  if (points > MOST_IN_REPLY) {
    const problem = `${found.length} series of ${points / found.length} steps are more than ${MOST_IN_REPLY} points: choose a longer step, or one series by its labels`;
    return problemReply([problem]);
  }
  return json(answersAsJson(reader.query({ metric, labels, sees, from, to, stepMs }), time));
}

function listOf(query: URLSearchParams, reader: KeptSeries, sees: (key: SeriesKey) => boolean): HttpReply {
  const [without] = [...query.keys()].filter((name) => name !== 'metric');
  if (without !== undefined)
    return problemReply([`metric: expected with ${without}, got none; without both this is the list of what is kept`]);
  return json(spansAsJson(reader.list().filter(({ key }) => sees(key))));
}

function wordsOf(query: URLSearchParams): RequestWords {
  const word = (name: string) => query.get(name) ?? undefined;
  return { since: word('since'), until: word('until'), step: word('step') };
}

function notUnderstood(name: string, labels: readonly string[]): string {
  return `${name}: expected one of ${[...WORDS, ...labels].join(', ')}`;
}
