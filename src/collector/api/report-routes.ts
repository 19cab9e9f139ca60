import { SEVERITIES } from '../../foundation/alert-declaration.js';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { pause } from '../../foundation/pause.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { problemReply } from '../../http/server.js';
import type { FleetReport } from '../report/fleet-report.js';
import { reportCsv } from '../report/report-csv.js';
import type { ReportMaker } from '../report/report-maker.js';
import { asAnswer } from './fleet-fields.js';

const count = z.int().min(0);
const unixMs = z.int().meta({ description: 'Unix ms.' });
const byClass = z.record(z.string(), count);
const stretch = { from: unixMs, to: unixMs };

const day = z.object({
  from: unixMs,
  knownMs: z.number().meta({ description: 'In which its devices were known, all together.' }),
  onlineMs: z.number(),
  crossings: count,
});

const reportReply = z.object({
  ...stretch,
  onlineShare: z.number().nullable(),
  crossings: byClass.meta({ description: 'By class.' }),
  days: z.array(day),
  alerts: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(SEVERITIES),
      times: count.meta({ description: 'That it began.' }),
      devices: count,
    }),
  ),
  away: z
    .array(z.object({ site: z.string(), device: z.string(), ...stretch }))
    .meta({ description: 'When devices were away for a minute or longer, the longest 50.' }),
  tenants: z.array(z.object({ tenant: z.string(), devices: count, crossings: count })),
  devices: z.array(
    z.object({
      site: z.string(),
      device: z.string(),
      tenant: z.string().nullable(),
      version: z.string().nullable(),
      knownMs: z.number(),
      onlineMs: z.number(),
      away: z.array(z.object(stretch)),
      crossings: byClass,
      days: z.array(day),
      alerts: z.record(z.string(), z.object({ severity: z.enum(SEVERITIES), times: count })),
    }),
  ),
});

const reportQuery = z.strictObject({
  day: z.iso.date().meta({ description: 'The first day, as 2026-11-27, in UTC.' }),
  days: z.enum(['1', '7']).default('1').meta({ description: 'A day or a week.' }),
  tenant: z.string().max(63).optional().meta({
    description:
      'Only devices of this tenant; empty: those of none. To a tenant those of its own are told in any case.',
  }),
});

const summaryReply = z.object({
  report: reportReply
    .omit({ devices: true })
    .extend({ deviceCount: count })
    .nullable()
    .meta({ description: 'null: it is still being made: ask again.' }),
  done: count.meta({ description: 'Devices that were looked at, while it is being made; to a tenant 0.' }),
});
export type ReportSummaryReply = z.infer<typeof summaryReply>;

/** ms that whoever looks waits for a report of many devices, before hearing how far it is. */
const PATIENCE_MS = 2000;

/** What the fleet did, day by day and week by week. */
export function fleetReportRoutes(reports: () => ReportMaker): HttpRoute[] {
  const made = ({ day: first, days, tenant }: z.infer<typeof reportQuery>, viewer: Viewer): Promise<FleetReport> => {
    const whose = viewer.kind === 'tenant' ? viewer.tenant! : tenant;
    if (tenant !== undefined && tenant !== whose)
      throw new RangeError(`tenant: this token is shown what is of ${whose}: expected that or nothing`);
    const report = reports().report({ from: Date.parse(`${first}T00:00:00Z`), days: Number(days), tenant: whose });
    if (report === null) throw new ApiRefusal(429, 'too many reports are being made: ask again in a minute');
    return report;
  };
  return [
    apiRoute({
      path: '/api/v1/fleet/report',
      openTo: 'tenants',
      summary: 'What the fleet did on a day or in a week, with every device.',
      query: reportQuery,
      reply: reportReply,
      handle: async ({ query, viewer }) => asAnswer(await made(query, viewer)),
    }),
    apiRoute({
      path: '/api/v1/fleet/report/summary',
      openTo: 'tenants',
      summary: 'The same without the devices.',
      query: reportQuery,
      reply: summaryReply,
      handle: async ({ query, viewer }) => {
        const gone = new AbortController();
        const report = await Promise.race([made(query, viewer), pause(PATIENCE_MS, gone.signal).then(() => null)]);
        gone.abort();
        if (report === null) return { report, done: viewer.kind === 'tenant' ? 0 : reports().done };
        const { devices, ...rest } = report;
        return { report: asAnswer({ ...rest, deviceCount: devices.length }), done: devices.length };
      },
    }),
    {
      path: '/api/v1/fleet/report.csv',
      openTo: 'tenants',
      handle: async (words, viewer): Promise<HttpReply> => {
        const query = reportQuery.safeParse(Object.fromEntries(words));
        if (!query.success) return problemReply(query.error.issues.map(({ path, message }) => `${path}: ${message}`));
        const name = `fleet-${query.data.day}-${query.data.days === '1' ? 'day' : 'week'}.csv`;
        const report = await csvOf(() => made(query.data, viewer));
        if (typeof report !== 'string') return report;
        return {
          contentType: 'text/csv; charset=utf-8',
          body: report,
          headers: { 'content-disposition': `attachment; filename="${name}"`, 'x-content-type-options': 'nosniff' },
        };
      },
    },
  ];
}

/** The table, or why there is none. */
async function csvOf(made: () => Promise<FleetReport>): Promise<string | HttpReply> {
  try {
    return reportCsv(await made());
  } catch (error) {
    if (error instanceof ApiRefusal) return problemReply([error.message], error.status);
    if (error instanceof RangeError) return problemReply([error.message]);
    throw error;
  }
}
