import { IDENTIFIER } from '../../foundation/identifier.js';
import { maskCredentials } from '../../foundation/log.js';
import { z } from '../../foundation/validate.js';
import { deviceChoice } from './device-choice.js';
import type { ActionPlan } from './fleet-action.js';

/** Devices of one action at most. */
export const MOST_ACTION_DEVICES = 20_000;
const MOST_BODY = 30_000;
const DAY_S = 86_400;

/** What somebody asks for: a command, for whom, and how carefully. */
export const askedAction = z.strictObject({
  id: z
    .string()
    .regex(IDENTIFIER)
    .optional()
    .meta({ description: 'Asked for again under the same id, it is begun once. Default: a new one.' }),
  command: z.string().regex(IDENTIFIER).meta({ description: 'Name of the command.' }),
  body: z.record(z.string(), z.unknown()).default({}).meta({ description: 'What the command takes.' }),
  choose: deviceChoice,
  stages: z
    .array(z.union([z.int().min(1).max(MOST_ACTION_DEVICES), z.string().regex(/^(100|[1-9]\d?)%$/)]))
    .max(20)
    .default([])
    .meta({ description: 'Sizes of the first stages: devices, or percent of all. The rest is the last stage.' }),
  watchS: z
    .number()
    .min(0)
    .max(7 * DAY_S)
    .default(0)
    .meta({ description: 'For so many seconds a device must be well after it did it; 0: it need not.' }),
  outcomeS: z
    .number()
    .min(30)
    .max(DAY_S)
    .default(1800)
    .meta({ description: 'So many seconds a device that has accepted it may take until it tells how that ended.' }),
  withinS: z
    .number()
    .min(10)
    .max(60 * DAY_S)
    .default(DAY_S)
    .meta({ description: 'So many seconds devices that are away or silent are waited for.' }),
  mostFailures: z
    .int()
    .min(0)
    .max(MOST_ACTION_DEVICES)
    .optional()
    .meta({ description: 'More failures halt it. Default: with stages none, without them any number.' }),
  perSecond: z.number().min(0.01).max(50).default(5).meta({ description: 'Messages a second at most.' }),
  note: z.string().max(500).optional().meta({ description: 'Why, for the audit.' }),
  dryRun: z.boolean().default(false).meta({ description: 'Only says whom it is for.' }),
});
export type AskedAction = z.infer<typeof askedAction>;

/**
 * How many devices each stage has: none is empty, and the last has the rest.
 *
 * @param devices all of them, at least one
 */
function stageSizes(asked: AskedAction['stages'], devices: number): number[] {
  const sizes: number[] = [];
  let left = devices;
  for (const size of asked) {
    if (left <= 1) break;
    const wanted = typeof size === 'number' ? size : Math.ceil((devices * Number.parseInt(size, 10)) / 100);
    const taken = Math.min(wanted, left);
    sizes.push(taken);
    left -= taken;
  }
  return left > 0 ? [...sizes, left] : sizes;
}

/**
 * The plan of what is asked for.
 *
 * @param now Unix ms
 * @throws RangeError where a command cannot be so large, or has what nobody should read in it
 */
export function planOf(
  asked: AskedAction,
  { id, key, by, devices, now }: { id: string; key: string; by: string; devices: number; now: number },
): ActionPlan {
  const { command, body, choose, watchS, outcomeS, withinS, perSecond, note } = asked;
  const text = JSON.stringify(body);
  if (text.length > MOST_BODY)
    throw new RangeError(`body: expected at most ${MOST_BODY} characters, got ${text.length}`);
  // it is kept, shown and audited
  if (maskCredentials(text) !== text)
    throw new RangeError(
      'body: expected no user name or password in an address: what an action says is kept and shown',
    );
  return {
    id,
    command,
    body,
    key,
    by,
    note: note ?? null,
    chosen: choose,
    createdAt: now,
    deadlineAt: now + withinS * 1000,
    stages: stageSizes(asked.stages, devices),
    watchMs: watchS * 1000,
    outcomeMs: outcomeS * 1000,
    mostFailures: asked.mostFailures ?? (asked.stages.length === 0 ? devices : 0),
    perSecond,
  };
}
