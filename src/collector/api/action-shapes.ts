import { IDENTIFIER } from '../../foundation/identifier.js';
import { z } from '../../foundation/validate.js';
import { AUDITED } from '../actions/audit-chain.js';
import { ACTION_STATES, TASK_STATES } from '../actions/fleet-action.js';

/* What the collector answers of actions, as the OpenAPI document tells it. */

const unixMs = z.int().meta({ description: 'Unix ms.' });
const count = z.int().min(0);
const tally = z.record(z.enum(TASK_STATES), count).meta({ description: 'Devices by how far they are.' });

const actionShape = z.object({
  id: z.string(),
  command: z.string(),
  body: z.record(z.string(), z.unknown()),
  by: z.string().meta({ description: 'Name of the token of whoever began it.' }),
  note: z.string().nullable(),
  chosen: z.record(z.string(), z.unknown()).meta({ description: 'By what its devices were chosen.' }),
  state: z.enum(ACTION_STATES).meta({
    description: 'halted: too much failed, and it waits for resume or abort; ended: nothing is left to be done.',
  }),
  reason: z.string().nullable().meta({ description: 'Why it was halted, ended or aborted.' }),
  stage: count.meta({ description: 'From 0; devices of later stages wait.' }),
  stages: z.array(count).meta({ description: 'Devices of each stage.' }),
  createdAt: unixMs,
  deadlineAt: unixMs.meta({ description: 'Unix ms, from which on nothing is sent nor waited for.' }),
  endedAt: unixMs.nullable(),
  watchMs: count,
  mostFailures: count,
  perSecond: z.number(),
  devices: tally,
});

export const actionsReply = z.object({
  actions: z.array(actionShape).meta({ description: 'Newest first.' }),
  obstacle: z.string().nullable().meta({ description: 'Why none can be begun now; null: they can.' }),
  problem: z.string().nullable().meta({ description: 'Why they do not go on now; null: they do.' }),
  next: z.string().nullable().meta({ description: 'For `after`, to get those behind these; null: there are none.' }),
});

export const actionReply = actionShape.extend({
  byStage: z.array(tally).meta({ description: 'The same, for each stage.' }),
});

export const begunReply = z.object({
  action: actionShape.nullable().meta({ description: 'null: it was only asked for whom it would be.' }),
  devices: z.array(z.string()).meta({ description: 'SITE/DEVICE.' }),
  stages: z.array(count),
});

const taskShape = z.object({
  site: z.string(),
  device: z.string(),
  stage: count,
  state: z.enum(TASK_STATES).meta({
    description:
      'sent: no answer yet; accepted: begun, the outcome is told later; watched: done, and looked at; unwell: done, and not well afterwards; unanswered: no answer in time; cancelled: the action was aborted before.',
  }),
  attempts: count,
  sentAt: unixMs.nullable(),
  answeredAt: unixMs.nullable(),
  reason: z.string().nullable(),
  result: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What the device answered.' }),
});

export const tasksReply = z.object({
  devices: z.array(taskShape).meta({ description: 'In the order of site and name.' }),
  next: z.string().nullable().meta({ description: 'For `after`, to get those behind these; null: there are none.' }),
});

export const auditReply = z.object({
  entries: z
    .array(
      z.object({
        n: count,
        at: unixMs,
        by: z.string(),
        what: z.enum(AUDITED),
        action: z.string().nullable(),
        detail: z.unknown(),
        previous: z.string(),
        hash: z.string(),
      }),
    )
    .meta({ description: 'Newest first; with `after` oldest first.' }),
  broken: z
    .string()
    .nullable()
    .meta({ description: 'What was changed or is missing between the entries of this answer; null: nothing.' }),
});

export const labelsAsked = z.strictObject({
  devices: z
    .array(z.string().regex(/^[^/]{1,63}\/[^/]{1,63}$/))
    .min(1)
    .max(5000)
    .meta({ description: 'SITE/DEVICE.' }),
  add: z.array(z.string().regex(IDENTIFIER)).max(20).default([]),
  remove: z.array(z.string().regex(IDENTIFIER)).max(20).default([]),
});

export const labelsReply = z.object({
  labels: z.record(z.string(), z.array(z.string())).meta({ description: 'By SITE/DEVICE.' }),
});

export type ActionReply = z.infer<typeof actionReply>;
export type ActionsReply = z.infer<typeof actionsReply>;
export type ActionShown = z.infer<typeof actionShape>;
export type BegunReply = z.infer<typeof begunReply>;
export type TaskShown = z.infer<typeof taskShape>;
export type TasksReply = z.infer<typeof tasksReply>;
export type AuditReply = z.infer<typeof auditReply>;
export type LabelsReply = z.infer<typeof labelsReply>;
