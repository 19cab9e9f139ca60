import type { HttpRoute } from '../../foundation/http-route.js';
import { sum } from '../../foundation/statistics.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';
import { askedTime } from '../../http/asked-time.js';
import type { CollectorState } from '../collector.js';
import { clockOffsetMs } from '../device/clock-offset.js';
import { PRESENCES, type PresenceLimits, presenceOf } from '../device/presence.js';
import { SeqCheck } from '../numbers/seq-check.js';
import type { FleetSnapshots } from '../overview/fleet-snapshot.js';
import type { ReportMaker } from '../report/report-maker.js';
import type { FleetBirth, FleetDevice, FleetStore, FleetStream, HistoryQuery } from '../store/fleet-store.js';
import { deviceRoutes } from './device-routes.js';
import { deviceNamed, limitWord, maySee, timeWord } from './fleet-fields.js';
import {
  deviceReply,
  devicesReply,
  fleetReply,
  gapsReply,
  HISTORY_TABLES,
  historyReply,
  quarantineReply,
  whoAmIReply,
} from './fleet-shapes.js';
import { overviewRoutes } from './overview-routes.js';
import { fleetReportRoutes } from './report-routes.js';
import { unlikeRoutes } from './unlike-routes.js';

/** What the routes look at. */
export interface FleetView {
  readonly store: FleetStore;
  readonly limits: PresenceLimits;
  /** How all devices are. */
  snapshots(): FleetSnapshots;
  reports(): ReportMaker;
  state(): CollectorState;
  broker(): { readonly connected: boolean; readonly connections: number; readonly problem: string | null };
  /** Unix ms. */
  now(): number;
}

const MOST_DEVICES = 500;
const MOST_ROWS = 1000;
/** Each has hundreds of kilobytes. */
const MOST_PICTURED_ROWS = 50;
/** Of a message among those of its table: `at`, as it may be corrected, and id. */
const PLACE = /^(-?\d{1,16})-(\d{1,16})$/;
const MOST_CONNECTIONS = 100;
const MOST_STREAMS = 100;

/** The JSON API of a collector. */
export function fleetRoutes(view: FleetView): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/fleet',
      summary: 'How the collecting goes: counts, what waits, the broker.',
      reply: fleetReply,
      handle: () => {
        const { counts, devices, waiting, problem } = view.state();
        return { devices, waiting, problem, counts, broker: view.broker() };
      },
    }),
    apiRoute({
      path: '/api/v1/fleet/whoami',
      openTo: 'tenants',
      summary: 'Whose token the request carries, and whether it may change anything.',
      reply: whoAmIReply,
      handle: ({ viewer, mayChange = false }) => ({
        name: viewer.name ?? null,
        role: viewer.kind === 'operator' ? ('operator' as const) : ('viewer' as const),
        tenant: viewer.tenant,
        mayChange: mayChange && viewer.kind === 'operator',
      }),
    }),
    apiRoute({
      path: '/api/v1/fleet/devices',
      openTo: 'tenants',
      summary: 'Devices in the order of site and name, with how each is.',
      query: z.strictObject({
        limit: limitWord(MOST_DEVICES, 100),
        after: z.string().max(130).optional().meta({ description: 'SITE/DEVICE: those behind it.' }),
        site: z.string().optional().meta({ description: 'Only of this site.' }),
        state: z.enum(PRESENCES).optional().meta({ description: 'Only those that are so.' }),
      }),
      reply: devicesReply,
      handle: async ({ query, viewer }) => devicesOf(view, query, viewer),
    }),
    apiRoute({
      path: '/api/v1/fleet/devices/:site/:device',
      openTo: 'tenants',
      summary: 'One device: how it is, its alerts, connections and streams.',
      reply: deviceReply,
      handle: async ({ params, viewer }) => {
        const device = await deviceNamed(view.store, params, viewer);
        const { store } = view;
        return {
          ...shown(device, view),
          alerts: (await store.alerts(device.id)).map(({ body, ...alert }) => ({ ...alert, alert: JSON.parse(body) })),
          connections: (await store.births(device.id, 20)).map(connectionOf),
          streams: (await store.streams(device.id, 20)).map(streamShown),
        };
      },
    }),
    apiRoute({
      path: '/api/v1/fleet/devices/:site/:device/gaps',
      openTo: 'tenants',
      summary: 'What is missing of a device: by its streams of numbers, and by its connections.',
      reply: gapsReply,
      handle: async ({ params, viewer }) => gapsOf(view, await deviceNamed(view.store, params, viewer)),
    }),
    apiRoute({
      path: '/api/v1/fleet/devices/:site/:device/history',
      openTo: 'tenants',
      summary: 'Messages of a device, newest first.',
      query: z.strictObject({
        table: z.enum(HISTORY_TABLES).meta({ description: 'Which messages.' }),
        since: timeWord('From then on'),
        until: timeWord('Before then'),
        subject: z.string().optional().meta({ description: 'Only of this camera, code or name.' }),
        after: z.string().regex(PLACE).optional().meta({ description: 'What `next` was: those behind it.' }),
        limit: limitWord(MOST_ROWS, 100),
      }),
      reply: historyReply,
      handle: async ({ params, query, viewer }) => {
        const { id } = await deviceNamed(view.store, params, viewer);
        return historyOf(view, id, query);
      },
    }),
    ...overviewRoutes(view.snapshots),
    ...deviceRoutes(view),
    ...unlikeRoutes(view.snapshots),
    ...fleetReportRoutes(view.reports),
    apiRoute({
      path: '/api/v1/fleet/quarantine',
      summary: 'Messages that were put aside, newest first, and how many by reason.',
      query: z.strictObject({ limit: limitWord(MOST_ROWS, 100) }),
      reply: quarantineReply,
      handle: async ({ query }) => ({
        counts: view.state().quarantined,
        messages: await view.store.quarantine(query.limit),
      }),
    }),
  ];
}

interface AskedHistory {
  readonly table: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly subject?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

async function historyOf(
  { store, now }: FleetView,
  device: number,
  { table, since, until, subject, after, limit: asked }: AskedHistory,
) {
  const limit = table === 'evidence' ? Math.min(asked, MOST_PICTURED_ROWS) : asked;
  const [at = 0, id = 0] =
    PLACE.exec(after ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  const rows = await store.history({
    device,
    table: table as HistoryQuery['table'],
    from: since === undefined ? 0 : askedTime('since', since, now()),
    to: until === undefined ? Number.MAX_SAFE_INTEGER : askedTime('until', until, now()),
    limit,
    subject,
    behind: after === undefined ? undefined : { at, id },
  });
  const last = rows.at(-1);
  return {
    rows: rows.map(({ id: _, body, ...row }) => ({ ...row, message: JSON.parse(body) })),
    next: last === undefined || rows.length < limit ? null : `${last.at}-${last.id}`,
  };
}

interface DevicesQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly site?: string | undefined;
  readonly state?: string | undefined;
}

async function devicesOf(view: FleetView, { limit: most, after, site, state }: DevicesQuery, viewer: Viewer) {
  const [afterSite = '', afterDevice = ''] = (after ?? '').split('/');
  let behind = site !== undefined && afterSite < site ? { site, device: '' } : { site: afterSite, device: afterDevice };
  const found: ReturnType<typeof shown>[] = [];
  for (;;) {
    const devices = await view.store.devices(MOST_DEVICES, behind);
    for (const device of devices) {
      if (site !== undefined && device.site !== site) return { devices: found, next: null };
      behind = { site: device.site, device: device.device };
      if (!maySee(viewer, device)) continue;
      const one = shown(device, view);
      if (state !== undefined && one.state !== state) continue;
      found.push(one);
      if (found.length === most) return { devices: found, next: `${behind.site}/${behind.device}` };
    }
    if (devices.length < MOST_DEVICES) return { devices: found, next: null };
  }
}

async function gapsOf({ store }: FleetView, { id }: FleetDevice) {
  const streams = (await store.streams(id, MOST_STREAMS)).map(streamShown);
  const connections = (await store.births(id, MOST_CONNECTIONS)).map(connectionOf);
  return {
    lost: sum(streams.map(({ lostCount }) => lostCount)),
    waiting: sum(streams.map(({ waiting }) => waiting)),
    toldDropped: sum(streams.map(({ toldDropped }) => toldDropped)),
    missing: sum(connections.map(({ missing }) => missing)),
    streams: streams.filter(({ lostCount, waiting, toldDropped }) => lostCount + waiting + toldDropped > 0),
    connections: connections.filter(({ missing }) => missing > 0),
  };
}

function shown(device: FleetDevice, { limits, now }: FleetView) {
  const {
    site,
    device: name,
    reason,
    firstHeardAt,
    heardAt,
    boot,
    bdSeq,
    version,
    model,
    variant,
    provider,
    tenant,
    board,
    configuration,
  } = device;
  return {
    site,
    device: name,
    state: presenceOf(device, now(), limits),
    reason,
    firstHeardAt,
    heardAt,
    clockOffsetMs: clockOffsetMs(device.clock),
    boot,
    bdSeq,
    version,
    model,
    variant,
    provider,
    tenant,
    board,
    configuration,
  };
}

const connectionOf = ({ bdSeq, ts, boot, receivedAt, endedAt, endedBy, seqs, missing }: FleetBirth) => ({
  bdSeq,
  ts,
  boot,
  receivedAt,
  endedAt,
  endedBy,
  messages: new SeqCheck(seqs).heard,
  missing,
});

function streamShown({ stream, heardAt, state, verdict }: FleetStream) {
  const { low, received, toldDropped, lost, lostCount, outOfOrder, waiting, ended } = verdict;
  return {
    stream,
    heardAt,
    first: state.first,
    low,
    received,
    toldDropped,
    lost: lost.map(([from, to]): [number, number] => [from, to]),
    lostCount,
    outOfOrder,
    waiting,
    ended,
  };
}
