import { z } from '../../foundation/validate.js';
import { identifier, real } from '../key-types.js';
import { cache } from './cache.js';
import { history } from './history.js';
import { http } from './http.js';
import { mqtt } from './mqtt.js';
import { outbox } from './outbox.js';
import { publish } from './publish.js';

/** Whatever the type says behind its default: absent, a tenant's key says nothing, and the device's own value holds. */
type Bare<T> =
  T extends z.ZodDefault<infer Inner> ? Bare<Inner> : T extends z.ZodOptional<infer Inner> ? Bare<Inner> : T;
type Overriding<Shape extends z.ZodRawShape, Key extends keyof Shape> = z.ZodPrefault<
  z.ZodObject<{ [K in Key]: z.ZodOptional<Bare<Shape[K]> extends z.ZodType ? Bare<Shape[K]> : never> }, z.core.$strict>
>;

/** These keys of one of the device's sections, none of which need be said. */
function overriding<Shape extends z.ZodRawShape, Key extends string & keyof Shape>(
  section: z.ZodObject<Shape, z.core.$strict>,
  keys: readonly Key[],
): Overriding<Shape, Key> {
  const own = keys.map((key) => [key, withoutDefault(section.shape[key]!).optional()]);
  return z.strictObject(Object.fromEntries(own)).prefault({}) as never;
}

/** What was said of the type before its default (description, unit, range, secret) stays. */
function withoutDefault(type: z.core.$ZodType): z.ZodType {
  const info = z.globalRegistry.get(type);
  let bare = type;
  while (bare instanceof z.ZodDefault || bare instanceof z.ZodOptional) bare = bare.unwrap();
  const { id: _, ...rest } = info ?? {};
  return (bare as z.ZodType).meta({ ...z.globalRegistry.get(bare), ...rest });
}

/** One of `tenants`: a city or a contractor whose cameras this device watches for it, apart from all others. */
export const tenant = z.strictObject({
  id: identifier({ description: 'Name of the tenant in `cameras[].tenant`, metrics, results and folders.' }),
  share: real(0.01, 1000, {
    description:
      'Weight of its cameras when inferences are scarce, against `schedule.share` of the device itself and the other tenants. What it does not use is lent.',
  }).default(1),
  site: identifier({
    description:
      'Third level of its topics in place of the device’s site, so that `edge/v1/<site>/#` is all of it and nothing else. Unset: its id.',
  }).optional(),
  mqtt: overriding(mqtt, [
    'broker',
    'clientId',
    'username',
    'passwordFile',
    'password',
    'caFile',
    'certFile',
    'keyFile',
  ]),
  outbox: overriding(outbox, ['maxMiB', 'maxAgeHours']),
  publish: overriding(publish, ['events', 'eventDetail', 'dailyBytes', 'maxEventsPerSecond']),
  history: overriding(history, ['keep10sDays', 'keep1minDays', 'keep1hDays', 'maxMiB']),
  cache: overriding(cache, ['memoryBytes', 'diskBytes']),
  http: overriding(http, ['tokenFile', 'token']),
});
