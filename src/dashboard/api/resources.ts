import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';
import { HEADROOMS } from '../measures/headroom.js';

const number = z.number().nullable();

const resourcesReply = z.object({
  at: z.number(),
  machine: z
    .object({ model: z.string(), cpu: z.string(), os: z.string(), kernel: z.string(), virtual: z.string() })
    .nullable()
    .meta({ description: 'What the machine is; null until it was asked, some seconds after the start.' }),
  powerMode: z.string().nullable(),
  cores: z.array(number).meta({ description: 'Percent of each core that is busy; null: switched off.' }),
  allowedCores: number.meta({ description: "Cores' worth of time that a control group allows; null: no limit." }),
  memory: z.object({ available: z.number(), total: z.number() }).nullable().meta({ description: 'Bytes.' }),
  temperature: number.meta({ description: '°C of the warmest part.' }),
  throttleAt: number.meta({ description: '°C at which the first part is slowed down.' }),
  watts: number,
  wattsOf: z.array(z.string()).meta({ description: 'Supplies that the watts are the sum of.' }),
  throttledBy: z.array(z.string()).nullable().meta({ description: 'What holds it back now; null: nothing tells.' }),
  untoldThrottles: z.array(z.string()).meta({ description: 'Causes of which this machine tells nothing.' }),
  headroom: z.array(
    z.object({
      of: z.enum(HEADROOMS),
      state: z.enum(['ample', 'low', 'exhausted', 'unknown']),
      used: number,
      limit: number,
      unit: z.enum(['%', '°C']),
    }),
  ),
  processes: z.array(
    z.object({
      name: z.string(),
      cpu: number,
      bytes: number,
      proportionalBytes: number,
      threads: number,
      openFiles: number,
    }),
  ),
  sensors: z.array(
    z.object({
      area: z.string(),
      what: z.string(),
      name: z.string(),
      value: number,
      unit: z.string(),
      source: z.string(),
      missing: z.enum(['absent', 'permission', 'late', 'failed', 'implausible']).nullable(),
    }),
  ),
  problems: z.array(z.string()).meta({ description: 'What keeps a whole source from telling anything.' }),
});
export type ResourcesReply = z.infer<typeof resourcesReply>;

/** What the page about resources is made of. */
export interface ResourcesPort {
  readonly resources: () => Promise<ResourcesReply> | ResourcesReply;
}

/** `GET /api/v1/resources`: how the machine is now, and what is left of it. */
export function resourcesRoutes({ resources }: ResourcesPort): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/resources',
      summary: 'How the machine is now, and what is left of it',
      reply: resourcesReply,
      handle: () => resources(),
    }),
  ];
}
