import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';
import { PRESENCES } from '../device/presence.js';
import { countsOf, LIST_ORDERS, listed } from '../overview/fleet-list.js';
import type { DeviceStanding, FleetSnapshots } from '../overview/fleet-snapshot.js';
import { seenBy } from '../overview/seen-snapshot.js';
import { asAnswer, limitWord } from './fleet-fields.js';
import { type OverviewRow, overviewReply } from './overview-shapes.js';

const MOST_ROWS = 500;
const word = (description: string) => z.string().max(200).optional().meta({ description });

/** The fleet as a whole. */
export function overviewRoutes(snapshots: () => FleetSnapshots): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/fleet/overview',
      openTo: 'tenants',
      summary: 'How the fleet is: counts of all devices, and those that are asked for, in order.',
      query: z.strictObject({
        state: z.enum(PRESENCES).optional().meta({ description: 'Only those that are so.' }),
        site: word('Only of this site.'),
        alert: word('Only those on which this code holds.'),
        version: word('Only of this version of the program; empty: those that told none.'),
        variant: word('Only those with this MODEL/VARIANT in use; empty: those that told none.'),
        label: word('Only those with this label.'),
        text: word(
          'Only those that have it in a name, a version, a model, a provider, a tenant, a label or the code of an alert.',
        ),
        sort: z.enum(LIST_ORDERS).default('worst').meta({ description: 'By what they are in order.' }),
        order: z.enum(['up', 'down']).default('up').meta({ description: 'The least or the largest first.' }),
        skip: z.coerce.number().int().min(0).max(1_000_000).default(0).meta({ description: 'Leaves out so many.' }),
        limit: limitWord(MOST_ROWS, 50),
      }),
      reply: overviewReply,
      handle: async ({ query, viewer }) => {
        const snapshot = seenBy(viewer, await snapshots().latest());
        const found = listed(snapshot, { ...query, descending: query.order === 'down' });
        // a list that became shorter has a last page all the same
        const skipped = Math.min(query.skip, Math.max(0, Math.floor((found.length - 1) / query.limit) * query.limit));
        return {
          at: snapshot.at,
          devices: snapshot.devices.length,
          matching: found.length,
          skipped,
          rows: found.slice(skipped, skipped + query.limit).map(overviewRowOf),
          ...asAnswer(countsOf(snapshot)),
        };
      },
    }),
  ];
}

/** A device as the list has it. */
export function overviewRowOf(one: DeviceStanding): OverviewRow {
  const { device, state, clockOffsetMs, alerts, lost, labels, readings } = one;
  const {
    site,
    device: name,
    reason,
    heardAt,
    version,
    model,
    variant,
    provider,
    board,
    configuration,
    tenant,
  } = device;
  const about = {
    site,
    device: name,
    state,
    reason,
    heardAt,
    clockOffsetMs,
    version,
    model,
    variant,
    provider,
    board,
    configuration,
    tenant,
  };
  return { ...about, alerts: [...alerts], lost, labels: [...labels], ...readings };
}
