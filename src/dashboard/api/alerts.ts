import { ALERT_TRANSITIONS, SEVERITIES } from '../../foundation/alert-declaration.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { askedTime } from '../../http/asked-time.js';
import { HISTORY_UNREADABLE } from './history-unreadable.js';

const MOST_STEPS = 500;
const MOST_CHANGES = 200;
const MOST_SNOOZE_S = 30 * 86_400;
const unixMs = z.int().min(0);
const code = z.string().min(1).max(63);
const tenant = z.string().min(1).max(63).optional();
const by = z.string().min(1).max(64).default('the dashboard');
const camera = z.string().min(1).max(63).optional();
const value = z.union([z.number(), z.string(), z.boolean()]).nullable();

const alertFacts = z.object({
  code,
  tenant: z.string().nullable().meta({ description: 'Whose it is; null: of the device itself.' }),
  severity: z.enum(SEVERITIES),
  message: z.string(),
  action: z.string().meta({ description: 'What to do.' }),
  cameras: z.array(z.string()).meta({ description: 'Ids of the cameras that it names.' }),
  value: z.number().nullable(),
  expected: z.number().nullable(),
  unit: z.string().nullable(),
  details: z.record(z.string(), value).nullable(),
});

const activeReply = alertFacts.extend({
  help: z.string().meta({ description: 'When it is raised.' }),
  since: unixMs,
  acknowledged: z.object({ at: unixMs, by: z.string() }).nullable(),
  snoozedUntil: unixMs.nullable(),
});

const alertsReply = z.object({
  at: unixMs,
  active: z.array(activeReply).meta({ description: 'The most severe first, of those the latest.' }),
  snoozed: z.array(z.object({ code, tenant: z.string().nullable(), until: unixMs, by: z.string() })),
  codes: z
    .array(z.object({ code, help: z.string(), action: z.string() }))
    .meta({ description: 'All that there can be.' }),
  cameras: z.array(z.string()),
});

const stepReply = z.object({
  at: unixMs,
  code,
  tenant: z.string().nullable(),
  kind: z.enum(ALERT_TRANSITIONS),
  severity: z.enum(SEVERITIES).nullable(),
  message: z.string().nullable(),
  cameras: z.array(z.string()),
  by: z.string().nullable(),
  until: unixMs.nullable(),
});

const historyReply = z.object({
  from: unixMs,
  to: unixMs,
  steps: z.array(stepReply).meta({ description: 'Newest first.' }),
  next: unixMs
    .nullable()
    .meta({ description: 'What to ask as until for older ones in this time; null: there are none.' }),
});

const historyQuery = z.strictObject({
  since: z.string().default('7d'),
  until: z.string().optional(),
  code: code.optional(),
  camera,
  limit: z.coerce.number().int().min(1).max(MOST_STEPS).default(100),
});

const changeReply = z.object({
  at: unixMs,
  who: z.string().meta({ description: 'Id of the key that signed it, or http:operator.' }),
  what: z.string().meta({ description: 'Name of the command, or POST and the path.' }),
  body: z.string().meta({ description: 'What was asked, JSON, cut after some length; secrets are masked.' }),
  state: z.enum(['done', 'refused', 'under-way']),
  answer: z.string().nullable().meta({ description: 'What became of it.' }),
});

const auditReply = z.object({
  changes: z.array(changeReply).meta({ description: 'Newest first.' }),
  next: unixMs.nullable().meta({ description: 'What to ask as before for older ones; null: there are none.' }),
});

const acknowledgeBody = z.strictObject({ code, tenant, by });
const snoozeBody = z.strictObject({ code, tenant, by, forS: z.int().min(0).max(MOST_SNOOZE_S) });

/** An alert that holds, as it is shown. */
export type ActiveAlertView = z.infer<typeof activeReply>;
/** All alerts that hold, and what there can be. */
export type AlertsView = z.infer<typeof alertsReply>;
/** One step in the life of an alert, as it is shown. */
export type AlertStepView = z.infer<typeof stepReply>;
/** Steps of alerts that were searched for. */
export type AlertHistoryView = z.infer<typeof historyReply>;
/** A change or command, as it is shown. */
export type ChangeView = z.infer<typeof changeReply>;
/** What was changed and commanded. */
export type AuditView = z.infer<typeof auditReply>;

/** What of the history is asked; times in Unix ms. */
export interface AskedSteps {
  readonly since: number;
  readonly until: number;
  readonly code?: string | undefined;
  readonly camera?: string | undefined;
  readonly limit: number;
}

/** What alerts there are, and what is done about them. */
export interface AlertsPort {
  view(viewer: Viewer): AlertsView;
  /** null where the history cannot be read. */
  history(asked: AskedSteps, viewer: Viewer): Pick<AlertHistoryView, 'steps' | 'next'> | null;
  /** null where the history cannot be read. @param before Unix ms */
  changes(before: number, limit: number): AuditView | null;
  /** @throws RangeError where it does not hold, or nobody knows it */
  acknowledge(code: string, tenant: string | undefined, by: string): void;
  /** @param forMs 0 ends it @throws RangeError where nobody knows it */
  snooze(code: string, tenant: string | undefined, forMs: number, by: string): void;
}

const done = z.object({ code });

/** What the page Alerts asks, and what it changes. @param now Unix ms */
export function alertsRoutes(port: AlertsPort, now: () => number): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/alerts',
      openTo: 'tenants',
      summary: 'The alerts that hold, what they mean and what to do',
      reply: alertsReply,
      handle: ({ viewer }) => port.view(viewer),
    }),
    apiRoute({
      path: '/api/v1/alerts/history',
      openTo: 'tenants',
      summary: 'What happened to alerts, newest first',
      query: historyQuery,
      reply: historyReply,
      handle: ({ query, viewer }) => {
        const { since, until, ...rest } = query;
        const from = askedTime('since', since, now());
        const to = until === undefined ? now() : askedTime('until', until, now());
        const found = port.history({ since: from, until: to, ...rest }, viewer);
        if (found === null) throw new ApiRefusal(503, HISTORY_UNREADABLE);
        return { from, to, ...found };
      },
    }),
    apiRoute({
      path: '/api/v1/audit',
      summary: 'What was commanded and changed, who did it and what became of it, newest first',
      query: z.strictObject({
        before: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(MOST_CHANGES).default(50),
      }),
      reply: auditReply,
      handle: ({ query: { before, limit } }) => {
        const found = port.changes(before === undefined ? now() + 1 : askedTime('before', before, now()), limit);
        if (found === null) throw new ApiRefusal(503, HISTORY_UNREADABLE);
        return found;
      },
    }),
    apiRoute({
      path: '/api/v1/alerts/acknowledge',
      method: 'POST',
      summary: 'Somebody cares for an alert that holds: it stays, and says who',
      body: acknowledgeBody,
      reply: done,
      handle: ({ body }) => {
        port.acknowledge(body.code, body.tenant, body.by);
        return { code: body.code };
      },
    }),
    apiRoute({
      path: '/api/v1/alerts/snooze',
      method: 'POST',
      summary: 'Nobody is told of an alert for a time; 0 ends that',
      body: snoozeBody,
      reply: done,
      handle: ({ body }) => {
        port.snooze(body.code, body.tenant, body.forS * 1000, body.by);
        return { code: body.code };
      },
    }),
  ];
}
