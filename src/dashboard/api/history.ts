import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { seesSeries, type Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { SeriesKey } from '../../store/series/rollup.js';
import { type GridSeries, gridOf, POINT_VALUES, type PointValue, seriesOnGrid } from '../measures/grid.js';
import type { Once } from './lately.js';
import { askedWindow, WINDOW_WORDS } from './window.js';

/** Where the past is read. */
export interface HistoryPort {
  readonly reader: () => KeptSeries;
  /** Unix ms. */
  readonly now: () => number;
}

const MOST_METRICS = 24;
const USUAL_POINTS = 300;
const MOST_POINTS = 2000;
/** Of one reply: half a megabyte. */
const MOST_NUMBERS = 60_000;

const query = z.strictObject({
  metrics: z
    .string()
    .min(1)
    .max(1000)
    .meta({ description: 'Up to 24 metrics, or series by their whole names, with commas between them.' }),
  ...WINDOW_WORDS,
  step: z
    .string()
    .max(20)
    .optional()
    .meta({ description: '`10s`, `1m`, `1h`; default such that there are about 300.' }),
  values: z.string().max(40).optional().meta({ description: 'Of min, mean, max, p95, with commas; default mean.' }),
  camera: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Of metrics that are of cameras, only those of this one.' }),
});

const column = z.array(z.number().nullable());
const seriesShape = z.object({
  name: z.string(),
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  unit: z.string(),
  kind: z.enum(['gauge', 'rate', 'histogram']),
  values: z
    .partialRecord(z.enum(POINT_VALUES), column)
    .meta({ description: 'A number a step; null where nothing was read.' }),
});

/** What is answered to a question for several metrics. */
const severalReply = z.object({
  from: z.number().meta({ description: 'Unix ms at which the first step begins.' }),
  stepMs: z.number(),
  steps: z.number(),
  now: z.number(),
  keptStepMs: z
    .number()
    .nullable()
    .meta({ description: 'The longest step in which any of it was kept; null where nothing was.' }),
  series: z.array(seriesShape),
  missing: z.array(z.string()).meta({ description: 'Metrics of which nothing was kept of that time.' }),
});
export type SeveralReply = z.infer<typeof severalReply>;
export type SeveralSeries = SeveralReply['series'][number];

/** `GET /api/v1/history/several`: several metrics on one grid of steps, for charts. */
export function severalRoute({ reader, now }: HistoryPort, once: Once): HttpRoute {
  return apiRoute({
    path: '/api/v1/history/several',
    openTo: 'tenants',
    summary: 'Several metrics over a time, on one grid of steps',
    query,
    reply: severalReply,
    handle: ({ query: asked, viewer }) =>
      once(`several ${JSON.stringify(asked)}`, viewer, () => several(reader(), asked, viewer, now())),
  });
}

async function several(
  reader: KeptSeries,
  asked: z.infer<typeof query>,
  viewer: Viewer,
  now: number,
): Promise<SeveralReply> {
  const metrics = [...new Set(asked.metrics.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (metrics.length > MOST_METRICS)
    throw new RangeError(`metrics: expected at most ${MOST_METRICS}, got ${metrics.length}`);
  const values = valuesAsked(asked.values ?? 'mean');
  const { from, to, stepMs } = askedWindow(asked, now, USUAL_POINTS, MOST_POINTS);
  const grid = gridOf(from, to, stepMs);
  const { camera } = asked;
  const isMeant = (key: SeriesKey): boolean =>
    seesSeries(viewer, key.labels) && (camera === undefined || (key.labels['camera'] ?? camera) === camera);
  const count = metrics.reduce((sum, metric) => sum + reader.find({ metric, sees: isMeant }).length, 0);
  if (count * grid.steps * values.length > MOST_NUMBERS)
    throw new RangeError(
      `${count} series of ${grid.steps} steps are more than ${MOST_NUMBERS} numbers: ask for fewer metrics, one camera, or a longer step`,
    );
  const found: GridSeries[] = [];
  const missing: string[] = [];
  for (const metric of metrics) {
    const series = await seriesOnGrid(reader, metric, grid, isMeant, values);
    if (series.length === 0) missing.push(metric);
    found.push(...series);
  }
  return {
    ...grid,
    now,
    keptStepMs: found.length === 0 ? null : Math.max(...found.map(({ keptStepMs }) => keptStepMs)),
    series: found.map((one) => ({ ...one.key, values: columnsOf(one, values) })),
    missing,
  };
}

function valuesAsked(text: string): PointValue[] {
  const words = text.split(',').map((word) => word.trim());
  const strange = words.find((word) => !POINT_VALUES.includes(word as PointValue));
  if (strange !== undefined)
    throw new RangeError(`values: expected of ${POINT_VALUES.join(', ')}, got ${strange || 'nothing'}`);
  return [...new Set(words)] as PointValue[];
}

const columnsOf = ({ values }: GridSeries, wanted: readonly PointValue[]): SeveralSeries['values'] =>
  Object.fromEntries(
    wanted.map((value) => [
      value,
      Array.from(values[value], (one) => (Number.isNaN(one) ? null : Number(one.toPrecision(5)))),
    ]),
  );
