import type { Config } from '../../config/config.js';
import { ConfigError, EdgeError } from '../../foundation/errors.js';
import { IDENTIFIER, IDENTIFIER_IN_WORDS } from '../../foundation/identifier.js';
import { visitedBroker } from '../../telemetry/mqtt/broker-address.js';
import { type RetainedTopic, RetainedTopics } from '../../telemetry/mqtt/retained-topics.js';
import { topicsOf } from '../../telemetry/mqtt/topics.js';

export interface RetiredDevice {
  readonly device: string;
  /** Only what belongs to this camera of it. */
  readonly camera?: string | undefined;
  /** Whether what is found is cleared too. */
  readonly clears: boolean;
  /** Also where the device is online. */
  readonly force: boolean;
}

/** What the broker retained of a device, and what became of it. */
export interface Clearing {
  /** `edge/v1/<site>/<device>` */
  readonly prefix: string;
  readonly found: readonly RetainedTopic[];
  readonly cleared: readonly string[];
  /** Still there though it was to be cleared, with why. */
  readonly kept: readonly { readonly topic: string; readonly reason: string }[];
}

/** With MQTT 3.1.1 a broker tells nobody that it did not happen. */
const DENIED_IN_SILENCE = "it is still there: may this user write there? See the broker's access rules";

/**
 * Finds what the broker retains of a device or of one of its cameras, and clears it where that is wanted: nothing but what was
 * found, and nothing of another device.
 *
 * @throws ConfigError where there is no broker to visit or a name is none; EdgeError E_PUBLISH where the broker refuses, or the
 * device is online
 */
export async function clearRetired(
  { site, mqtt }: Pick<Config, 'site' | 'mqtt'>,
  { device, camera, clears, force }: RetiredDevice,
): Promise<Clearing> {
  checkNames({ site, device, camera });
  const { prefix, status } = topicsOf({ site, device });
  const visit = await RetainedTopics.open(mqtt, visitedBroker(mqtt));
  try {
    const all = await visit.below(prefix);
    const found = all.filter(({ topic }) => camera === undefined || levels(topic, prefix).includes(camera));
    if (!clears) return { prefix, found, cleared: [], kept: [] };
    if (isOnline(all, status) && !force) throw online(device);
    return await clear(visit, prefix, found);
  } finally {
    await visit.close();
  }
}

function checkNames(names: { site: string; device: string; camera: string | undefined }): void {
  const problems = Object.entries(names)
    .filter(([, name]) => name !== undefined && !IDENTIFIER.test(name))
    .map(([what, name]) => `${what}: expected ${IDENTIFIER_IN_WORDS}, got ${name}`);
  if (problems.length > 0) throw new ConfigError('nothing can be cleared', problems);
}

async function clear(visit: RetainedTopics, prefix: string, found: readonly RetainedTopic[]): Promise<Clearing> {
  const reasons = new Map<string, string>();
  for (const { topic } of found) {
    const reason = await visit.clear(topic);
    if (reason !== null) reasons.set(topic, reason);
  }
  const left = new Set((await visit.below(prefix)).map(({ topic }) => topic));
  const topics = found.map(({ topic }) => topic);
  const kept = topics.filter((topic) => left.has(topic));
  return {
    prefix,
    found,
    cleared: topics.filter((topic) => !left.has(topic)),
    kept: kept.map((topic) => ({ topic, reason: reasons.get(topic) ?? DENIED_IN_SILENCE })),
  };
}

/** Levels of a topic that may be a camera's: all behind what kind of message it is. */
const levels = (topic: string, prefix: string): string[] =>
  topic
    .slice(prefix.length + 1)
    .split('/')
    .slice(1);

function isOnline(all: readonly RetainedTopic[], status: string): boolean {
  const told = all.find(({ topic }) => topic === status);
  try {
    return (JSON.parse(told?.text ?? '{}') as { online?: unknown }).online === true;
  } catch {
    return false;
  }
}

function online(device: string): EdgeError {
  return new EdgeError(
    'E_PUBLISH',
    `${device} is online: stop it first, or whoever watches it takes it for gone until it connects anew; --force clears it all the same`,
    { permanent: true },
  );
}
