import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';
import { askedAction } from '../actions/asked-action.js';
import type { BegunAction } from '../actions/fleet-actions.js';
import { type DeviceDrift, DRIFT_STATES, type FleetConfiguration } from '../actions/fleet-configuration.js';

const PATH = '/api/v1/fleet/configuration';

const driftReply = z.object({
  problem: z.string().nullable().meta({ description: 'Why nothing is desired; null: something is.' }),
  groups: z.array(z.object({ name: z.string(), keys: z.array(z.string()) })),
  counts: z.record(z.enum(DRIFT_STATES), z.int().min(0)),
  devices: z
    .array(
      z.object({
        site: z.string(),
        device: z.string(),
        state: z.enum(DRIFT_STATES).meta({
          description: 'unknown: it has not told how it is configured, or was configured otherwise since.',
        }),
        toldAt: z.int().nullable().meta({ description: 'Unix ms; null: it never told.' }),
        keys: z.array(
          z.object({
            key: z.string(),
            wanted: z.unknown(),
            has: z.unknown().meta({ description: 'null: it has none.' }),
            group: z.string(),
            settable: z.boolean().meta({ description: 'Whether a command can set it while the program runs.' }),
          }),
        ),
      }),
    )
    .meta({ description: 'In the order of site and name.' }),
  next: z.string().nullable().meta({ description: 'For `after`, to get those behind these; null: there are none.' }),
});

const driftActionsReply = z.object({
  actions: z.array(z.object({ id: z.string(), devices: z.array(z.string()) })),
});

export type DriftReply = z.infer<typeof driftReply>;
export type DriftActionsReply = z.infer<typeof driftActionsReply>;

/** How carefully; for whom and what follows from what has drifted. */
const care = askedAction.pick({
  stages: true,
  watchS: true,
  withinS: true,
  mostFailures: true,
  perSecond: true,
  note: true,
});

/** What devices are to have, and what they have. */
export function configurationRoutes(configuration: FleetConfiguration): HttpRoute[] {
  const begun = (actions: readonly BegunAction[]) => ({
    actions: actions.map(({ action, devices }) => ({ id: action!.plan.id, devices: [...devices] })),
  });
  return [
    apiRoute({
      path: PATH,
      summary: 'The desired configuration, and which devices differ from it in what.',
      query: z.strictObject({
        state: z.enum(DRIFT_STATES).optional().meta({ description: 'Only those.' }),
        after: z.string().max(130).optional().meta({ description: 'SITE/DEVICE: those behind it.' }),
        limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: 'At most so many.' }),
      }),
      reply: driftReply,
      handle: async ({ query: { state, after, limit } }) => {
        const { groups, problem } = configuration.desired();
        const all = await configuration.drift();
        const counts = { 'as-desired': 0, drifted: 0, unknown: 0 };
        for (const one of all) counts[one.state]++;
        const found = all.filter(
          (one) => (state === undefined || one.state === state) && (after === undefined || isBehind(one, after)),
        );
        const devices = found.slice(0, limit).map((one) => ({ ...one, keys: [...one.keys] }));
        const last = devices.at(-1);
        return {
          problem,
          groups: groups.map(({ name, values }) => ({ name, keys: Object.keys(values) })),
          counts,
          devices,
          next: found.length > limit && last !== undefined ? nameOf(last) : null,
        };
      },
    }),
    apiRoute({
      path: `${PATH}/ask`,
      method: 'POST',
      summary: 'Asks the devices of which it is unknown how they are configured, by an action.',
      body: care,
      reply: driftActionsReply,
      handle: async ({ body, viewer }) => begun([await configuration.ask(body, viewer.name ?? 'operator')]),
    }),
    apiRoute({
      path: `${PATH}/apply`,
      method: 'POST',
      summary: 'Sets what has drifted, where a command can, for 30 days: an action for those with the same to be set.',
      body: care,
      reply: driftActionsReply,
      handle: async ({ body, viewer }) => begun(await configuration.apply(body, viewer.name ?? 'operator')),
    }),
  ];
}

/** Also behind a device that is gone meanwhile. */
function isBehind({ site, device }: DeviceDrift, after: string): boolean {
  const [afterSite = '', afterDevice = ''] = after.split('/');
  return site > afterSite || (site === afterSite && device > afterDevice);
}

const nameOf = ({ site, device }: DeviceDrift): string => `${site}/${device}`;
