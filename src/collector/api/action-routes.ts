import type { HttpRoute } from '../../foundation/http-route.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import type { ActionStore } from '../actions/action-store.js';
import { askedAction } from '../actions/asked-action.js';
import { type AuditEntry, brokenAt, NO_AUDIT } from '../actions/audit-chain.js';
import { type DeviceTask, type FleetAction, TASK_STATES, type TaskTally, tallyOf } from '../actions/fleet-action.js';
import type { ActionDesk } from '../actions/fleet-actions.js';
import {
  actionReply,
  actionsReply,
  auditReply,
  begunReply,
  labelsAsked,
  labelsReply,
  tasksReply,
} from './action-shapes.js';

/** What the routes of actions look at. */
export interface ActionView {
  readonly store: ActionStore;
  readonly actions: ActionDesk;
}

const ACTIONS = '/api/v1/fleet/actions';
const MOST_LABELS = 20_000;

/** Actions of a fleet over HTTP: who may look sees them, operators begin, resume and abort them. */
export function actionRoutes({ store, actions }: ActionView): HttpRoute[] {
  const talliesOf = async ({ plan, tallies }: FleetAction) => tallies ?? (await store.tallies(plan.id));
  const shownNow = async (action: FleetAction) => shown(action, await talliesOf(action));
  const actionCalled = async (id: string): Promise<FleetAction> => {
    const action = await store.action(id);
    if (action === null) throw new ApiRefusal(404, `there is no action ${id.slice(0, 64)}`);
    return action;
  };
  return [
    apiRoute({
      path: ACTIONS,
      summary: 'Actions, newest first.',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'At most so many.' }),
        before: z.coerce.number().int().optional().meta({ description: 'Unix ms: those that began earlier.' }),
        after: z.string().regex(IDENTIFIER).optional().meta({ description: 'Id of one: those behind it.' }),
      }),
      reply: actionsReply,
      handle: async ({ query: { limit, before = Number.MAX_SAFE_INTEGER, after } }) => {
        const behind = after === undefined ? null : (await actionCalled(after)).plan;
        const found = await store.actions(limit, behind ?? { createdAt: before, id: null });
        return {
          actions: await Promise.all(found.map(shownNow)),
          obstacle: actions.obstacle,
          problem: actions.problem,
          next: found.length < limit ? null : found.at(-1)!.plan.id,
        };
      },
    }),
    apiRoute({
      path: ACTIONS,
      method: 'POST',
      summary: 'Begins an action: a signed command for many devices, in stages.',
      body: askedAction,
      reply: begunReply,
      handle: async ({ body, viewer }) => {
        const { action, devices, stages } = await actions.begin(body, nameIn(viewer));
        return { action: action === null ? null : await shownNow(action), devices: [...devices], stages: [...stages] };
      },
    }),
    apiRoute({
      path: `${ACTIONS}/:action`,
      summary: 'One action, by stages.',
      reply: actionReply,
      handle: async ({ params }) => {
        const action = await actionCalled(params['action'] ?? '');
        const tallies = await talliesOf(action);
        return { ...shown(action, tallies), byStage: tallies.map((tally) => ({ ...tally })) };
      },
    }),
    apiRoute({
      path: `${ACTIONS}/:action/devices`,
      summary: 'The devices of an action: how far each is, and what it answered.',
      query: z.strictObject({
        state: z.enum(TASK_STATES).optional().meta({ description: 'Only those.' }),
        after: z.string().max(130).optional().meta({ description: 'SITE/DEVICE: those behind it.' }),
        limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: 'At most so many.' }),
      }),
      reply: tasksReply,
      handle: async ({ params, query: { state, after, limit } }) => {
        const { plan } = await actionCalled(params['action'] ?? '');
        const [site = '', device = ''] = (after ?? '').split('/');
        const tasks = await store.tasks({
          action: plan.id,
          state,
          after: after === undefined ? null : { site, device },
          limit,
        });
        const last = tasks.at(-1);
        const next = tasks.length < limit || last === undefined ? null : `${last.site}/${last.device}`;
        return { devices: tasks.map(taskShown), next };
      },
    }),
    ...(['resume', 'abort'] as const).map((verb) =>
      apiRoute({
        path: `${ACTIONS}/:action/${verb}`,
        method: 'POST',
        summary:
          verb === 'resume'
            ? 'A halted action goes on: what failed by now was seen.'
            : 'Ends an action: whom it was not sent to is not sent to.',
        body: z.strictObject({}),
        reply: begunReply.shape.action.unwrap(),
        handle: async ({ params, viewer }) => {
          const { action = '' } = params;
          if ((await actionCalled(action)).endedAt !== null)
            throw new ApiRefusal(409, `action ${action} was ended before`);
          return shownNow(await actions[verb](action, nameIn(viewer)));
        },
      }),
    ),
    apiRoute({
      path: '/api/v1/fleet/audit',
      summary: 'Who did what to the fleet; each entry has the hash of the one before it.',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: 'At most so many.' }),
        before: z.coerce.number().int().optional().meta({ description: 'Those with a lower number, newest first.' }),
        after: z.coerce
          .number()
          .int()
          .min(0)
          .optional()
          .meta({ description: 'Those with a higher number, oldest first; 0: from the first one that there is.' }),
      }),
      reply: auditReply,
      handle: async ({ query: { limit, before, after } }) => {
        if (before !== undefined && after !== undefined)
          throw new ApiRefusal(400, 'expected before or after, not both of them');
        const isUpwards = after !== undefined;
        const entries = await (isUpwards
          ? store.oldestAudit(limit, after)
          : store.audit(limit, before ?? Number.MAX_SAFE_INTEGER));
        const shownEntries = entries.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail) as unknown }));
        return { entries: shownEntries, broken: brokenIn(isUpwards ? entries : [...entries].reverse()) };
      },
    }),
    apiRoute({
      path: '/api/v1/fleet/labels',
      summary: 'The labels of devices.',
      reply: labelsReply,
      handle: async () => ({
        labels: Object.fromEntries([...(await store.labels())].map(([device, labels]) => [device, [...labels]])),
      }),
    }),
    apiRoute({
      path: '/api/v1/fleet/labels',
      method: 'POST',
      summary: 'Gives devices labels, by which they can be chosen, or takes them.',
      body: labelsAsked,
      reply: labelsReply,
      handle: async ({ body: { devices, add, remove }, viewer }) => {
        const known = new Set((await actions.choosable()).map(({ site, device }) => `${site}/${device}`));
        const stranger = devices.find((device) => !known.has(device));
        if (stranger !== undefined) throw new ApiRefusal(404, `nothing was ever heard of ${stranger}`);
        const changes = devices.flatMap((name) => {
          const [site = '', device = ''] = name.split('/');
          const of = (labels: readonly string[], has: boolean) => labels.map((label) => ({ site, device, label, has }));
          return [...of(add, true), ...of(remove, false)];
        });
        if (changes.length > MOST_LABELS) throw new ApiRefusal(400, `expected at most ${MOST_LABELS} changes at once`);
        await actions.label(changes, nameIn(viewer));
        const labels = await store.labels();
        return { labels: Object.fromEntries(devices.map((device) => [device, [...(labels.get(device) ?? [])]])) };
      },
    }),
  ];

  /** As far as the page shows it: its first entry follows one that is not there, but for the very first. */
  function brokenIn(oldestFirst: readonly AuditEntry[]): string | null {
    const [oldest] = oldestFirst;
    if (oldest === undefined) return null;
    const before = oldest.n === 1 ? NO_AUDIT : { n: oldest.n - 1, hash: oldest.previous };
    return brokenAt(before, oldestFirst);
  }

  function shown({ plan, state, stage, reason, endedAt }: FleetAction, byStage: readonly TaskTally[]) {
    const { id, command, body, by, note, chosen, stages, createdAt, deadlineAt, watchMs, mostFailures, perSecond } =
      plan;
    const devices = { ...tallyOf([]) };
    for (const tally of byStage) for (const each of TASK_STATES) devices[each] += tally[each];
    const fast = { id, command, body, by, note, chosen, stages: [...stages] };
    return { ...fast, state, reason, stage, createdAt, deadlineAt, endedAt, watchMs, mostFailures, perSecond, devices };
  }
}

const nameIn = ({ name }: Viewer): string => name ?? 'operator';

function taskShown({ alertsBefore: _, result, ...task }: DeviceTask) {
  return { ...task, result: result === null ? null : (JSON.parse(result) as Record<string, unknown>) };
}
