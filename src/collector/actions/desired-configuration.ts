import { configSchema } from '../../config/config.js';
import { expectation, isSection, nodeAt } from '../../config/schema.js';
import { parseYaml } from '../../config/yaml.js';
import { z } from '../../foundation/validate.js';
import { type ChoosableDevice, chosenDevices, deviceChoice } from './device-choice.js';

/** What devices of a group are to have. */
export interface DesiredGroup {
  readonly name: string;
  readonly choose: z.infer<typeof deviceChoice>;
  /** By key of the configuration. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A value that a device is to have, and which group says so: the last one that names the key. */
export interface DesiredValue {
  readonly value: unknown;
  readonly group: string;
}

const MOST_GROUPS = 200;

const desired = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(63),
        choose: deviceChoice,
        values: z.record(z.string().max(200), z.unknown()),
      }),
    )
    .max(MOST_GROUPS),
});

/**
 * The groups of a file of the operator, YAML or JSON.
 *
 * @throws RangeError with every problem: what is no key, a secret, or no value of its key
 */
export function parseDesired(text: string): DesiredGroup[] {
  const { data, problems } = parseYaml(text);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  const parsed = desired.safeParse(data);
  if (!parsed.success) {
    const said = parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new RangeError(said.join('; '));
  }
  const { groups } = parsed.data;
  const wrong = groups.flatMap(({ name, values }) =>
    Object.entries(values).flatMap(([key, value]) => {
      const problem = problemOfValue(key, value);
      return problem === null ? [] : [`${name}: ${key}: ${problem}`];
    }),
  );
  if (wrong.length > 0) throw new RangeError(wrong.slice(0, 10).join('; '));
  return groups;
}

/** What each device is to have, by `site/device` and key. */
export function desiredValues(
  groups: readonly DesiredGroup[],
  devices: readonly ChoosableDevice[],
): Map<string, Map<string, DesiredValue>> {
  const wanted = new Map<string, Map<string, DesiredValue>>();
  for (const { name, choose, values } of groups)
    for (const { site, device } of chosenDevices(devices, choose, name)) {
      const own = wanted.get(`${site}/${device}`) ?? new Map<string, DesiredValue>();
      wanted.set(`${site}/${device}`, own);
      for (const [key, value] of Object.entries(values)) own.set(key, { value, group: name });
    }
  return wanted;
}

function problemOfValue(key: string, value: unknown): string | null {
  const path = key.split('.');
  const node = nodeAt(path);
  if (node === null || path.some((name) => /^\d+$/.test(name))) return 'is no key that many devices can have in common';
  if (isSection(node)) return 'is a section: name its keys';
  if (node.secret === true) return 'is a secret: it is neither told nor sent';
  const base = structuredClone(configSchema.parse({})) as Record<string, unknown>;
  put(base, path, value);
  return configSchema.safeParse(base).success ? null : `expected ${expectation(node)}, got ${JSON.stringify(value)}`;
}

function put(tree: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) tree[name!] = value;
  else put((tree[name!] ??= {}) as Record<string, unknown>, rest, value);
}
