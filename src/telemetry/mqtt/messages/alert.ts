import { ALERT_TRANSITIONS, SEVERITIES } from '../../../foundation/alert-declaration.js';
import { z } from '../../../foundation/validate.js';
import { head, numbered, topicLevel } from './head.js';

/** `alert/<code>`. */
export const alert = z.object({
  ...head,
  code: topicLevel('What is wrong, always the same word for the same thing.'),
  severity: z.enum(SEVERITIES),
  message: z.string().min(1).max(1000).meta({ description: 'For people: what failed and what to do.' }),
  action: z.string().min(1).max(1000).meta({ description: 'What to do about it.' }),
  since: z.int().min(0).meta({ description: 'Unix ms when it began.' }),
  value: z.number().optional().meta({ description: 'What was measured, where a number says it.' }),
  expected: z
    .number()
    .optional()
    .meta({ description: 'What the value was expected to be, or the limit that it passed.' }),
  unit: z.string().optional().meta({ description: 'Of value and expected; empty for plain counts and shares.' }),
  acknowledged: z
    .object({
      at: z.int().min(0).meta({ description: 'Unix ms.' }),
      by: z.string().min(1).max(64).meta({ description: 'Who it was, as they name themselves.' }),
    })
    .optional()
    .meta({ description: 'Somebody has seen it and cares for it; gone when it becomes more severe.' }),
  details: z
    .record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]))
    .optional()
    .meta({ description: 'The numbers around it.' }),
});

/** An alert as its maker hands it in: `code` and the head are added when it is published. */
export type AlertPayload = Omit<z.infer<typeof alert>, 'code' | keyof typeof head>;

/** `alert/<code>/log`: a step in the life of an alert. */
export const alertLog = z.object({
  ...numbered,
  code: alert.shape.code,
  at: z.int().min(0).meta({ description: 'Unix ms.' }),
  kind: z.enum(ALERT_TRANSITIONS).meta({ description: 'What happened to it; changed: its severity or what it says.' }),
  alert: alert.omit({ ts: true, seq: true, boot: true, code: true }).nullable().meta({
    description: 'As it is afterwards, or was when it was cleared; null where a code is snoozed that holds not.',
  }),
  by: z.string().min(1).max(64).optional().meta({ description: 'Who acknowledged or snoozed it.' }),
  until: z.int().min(0).optional().meta({ description: 'Unix ms until which it is snoozed.' }),
});

/** A step as its maker hands it in: `code` and the head are added when it is published. */
export type AlertLogPayload = Omit<z.infer<typeof alertLog>, 'code' | keyof typeof numbered>;
