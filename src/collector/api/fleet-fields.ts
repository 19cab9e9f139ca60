import { PAST_TIME_IN_WORDS } from '../../foundation/past-time.js';
import { z } from '../../foundation/validate.js';
import { OPERATOR, type Viewer } from '../../foundation/viewer.js';
import { ApiRefusal } from '../../http/api-route.js';
import type { FleetDevice, FleetStore } from '../store/fleet-store.js';

/* What several routes of the collector ask alike. */

export const limitWord = (most: number, usual: number): z.ZodDefault<z.ZodCoercedNumber<unknown>> =>
  z.coerce.number().int().min(1).max(most).default(usual).meta({ description: 'At most so many.' });

export const timeWord = (what: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .max(40)
    .optional()
    .meta({ description: `${what}: ${PAST_TIME_IN_WORDS}.` });

/** Whether somebody may be told of a device: a tenant of those that say that they are theirs. */
export const maySee = ({ kind, tenant }: Viewer, device: FleetDevice): boolean =>
  kind !== 'tenant' || device.tenant === tenant;

/** @param viewer who asks; another's device is one that is not there @throws ApiRefusal 404 */
export async function deviceNamed(
  store: FleetStore,
  params: Readonly<Record<string, string>>,
  viewer: Viewer = OPERATOR,
): Promise<FleetDevice> {
  const { site = '', device = '' } = params;
  const known = await store.known(site, device);
  if (known === null || !maySee(viewer, known.device))
    throw new ApiRefusal(404, `nothing was ever heard of a device ${site.slice(0, 63)}/${device.slice(0, 63)}`);
  return known.device;
}

type Mutable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> } : Value;

/** What nobody changes any more, as the shapes of answers have it. */
export const asAnswer = <Value>(value: Value): Mutable<Value> => value as Mutable<Value>;
