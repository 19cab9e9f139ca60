import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { askedTime } from '../../http/asked-time.js';
import { problemReply } from '../../http/server.js';
import { countedSteps } from '../overview/counted-hours.js';
import { deviceSeries } from '../overview/device-series.js';
import type { FleetSnapshots } from '../overview/fleet-snapshot.js';
import { seenBy } from '../overview/seen-snapshot.js';
import { type TimeSteps, timeStepsOf } from '../overview/series.js';
import type { FleetStore } from '../store/fleet-store.js';
import { keptRecords, PICTURE_HEADERS, pictureOf, ROLES } from './device-evidence.js';
import { asAnswer, deviceNamed, limitWord, maySee, timeWord } from './fleet-fields.js';
import { overviewRowOf } from './overview-routes.js';
import { countedReply, deviceNowReply, evidenceReply, seriesReply } from './overview-shapes.js';

const DEVICE = '/api/v1/fleet/devices/:site/:device';
const FAMILIES = /^[a-z0-9_]{1,64}(,[a-z0-9_]{1,64}){0,11}$/;
const MOST_STEPS = 300;
const MOST_INTERVALS = 40_000;
const MOST_MS = 400 * 86_400_000;

interface DeviceView {
  readonly store: FleetStore;
  snapshots(): FleetSnapshots;
  /** Unix ms. */
  now(): number;
}

/** One device in figures. */
export function deviceRoutes({ store, snapshots, now }: DeviceView): HttpRoute[] {
  const grid = (
    { since, until }: { since?: string | undefined; until?: string | undefined },
    stepMs?: number,
  ): TimeSteps => {
    const to = until === undefined ? now() : askedTime('until', until, now());
    const from = askedTime('since', since ?? '24h', now());
    if (from >= to) throw new ApiRefusal(400, 'since: expected a time before until');
    if (to - from > MOST_MS) throw new ApiRefusal(400, 'since: expected at most 400 days before until');
    if (stepMs === undefined) return timeStepsOf(from, to, MOST_STEPS);
    const begin = Math.floor(from / stepMs) * stepMs;
    return { from: begin, stepMs, steps: Math.ceil((to - begin) / stepMs) };
  };
  return [
    apiRoute({
      path: `${DEVICE}/now`,
      openTo: 'tenants',
      summary: 'One device as it is: what it measured last, its alerts, its birth.',
      reply: deviceNowReply,
      handle: async ({ params, viewer }) => {
        const { id } = await deviceNamed(store, params, viewer);
        const standing = seenBy(viewer, await snapshots().latest()).devices.find(({ device }) => device.id === id);
        if (standing === undefined) throw new ApiRefusal(503, 'it was heard of just now: ask again in some seconds');
        const text = await store.birthBody(id);
        const { metrics = [], ...birth } = JSON.parse(text ?? '{}') as { metrics?: { name: string }[] };
        const names = metrics.map(({ name }) => name);
        return { ...overviewRowOf(standing), birth: text === null ? null : birth, metrics: names };
      },
    }),
    apiRoute({
      path: `${DEVICE}/series`,
      openTo: 'tenants',
      summary: 'Metrics of a device over time, from what it told live and minute by minute.',
      query: z.strictObject({
        families: z.string().regex(FAMILIES).meta({
          description: 'Up to 12 metrics without camera or process, with commas: `fps_inferred,machine_cpu`.',
        }),
        since: timeWord('From then on; default 24h'),
        until: timeWord('Before then'),
      }),
      reply: seriesReply,
      handle: async ({ params, query, viewer }) => {
        const { id } = await deviceNamed(store, params, viewer);
        const steps = grid(query);
        return { ...steps, series: asAnswer(await deviceSeries(store, id, query.families.split(','), steps)) };
      },
    }),
    apiRoute({
      path: `${DEVICE}/crossings`,
      openTo: 'tenants',
      summary:
        'Vehicles that crossed lines, or entered zones where there are no lines, by class, hour by hour or day by day.',
      query: z.strictObject({
        since: timeWord('From then on; default 24h'),
        until: timeWord('Before then'),
        step: z.enum(['1h', '1d']).default('1h').meta({ description: 'Days are those of UTC.' }),
      }),
      reply: countedReply,
      handle: async ({ params, query, viewer }) => {
        const { id } = await deviceNamed(store, params, viewer);
        const steps = grid(query, query.step === '1h' ? 3_600_000 : 86_400_000);
        const to = steps.from + steps.steps * steps.stepMs;
        const rows = await store.history({ device: id, table: 'traffic', from: steps.from, to, limit: MOST_INTERVALS });
        const { classes, coverage } = countedSteps(rows, steps);
        return { ...steps, classes: asAnswer(classes), coverage: [...coverage] };
      },
    }),
    apiRoute({
      path: `${DEVICE}/evidence`,
      openTo: 'tenants',
      summary: 'Records of evidence that a device sent, newest first, without their pictures.',
      query: z.strictObject({ limit: limitWord(100, 20) }),
      reply: evidenceReply,
      handle: async ({ params, query, viewer }) => ({
        records: await keptRecords(store, (await deviceNamed(store, params, viewer)).id, query.limit),
      }),
    }),
    {
      path: `${DEVICE}/evidence/:chain/:record/:role`,
      openTo: 'tenants',
      handle: async (_query, viewer, { params }): Promise<HttpReply> => {
        const { chain = '', record = '', role = '' } = params;
        const known = await store.known(params['site'] ?? '', params['device'] ?? '');
        const found =
          known === null || !maySee(viewer, known.device) || !ROLES.includes(role as never)
            ? null
            : await pictureOf(store, known.device.id, { chain, record: Number(record), role });
        if (found === null) return problemReply(['there is no such picture here'], 404);
        return { contentType: found.contentType, body: found.bytes, headers: PICTURE_HEADERS };
      },
    },
  ];
}
