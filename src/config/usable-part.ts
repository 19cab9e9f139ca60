import { type Config, configSchema } from './config.js';
import type { Path } from './schema.js';

/** What can be looked at further of a configuration that has problems. */
export interface UsablePart {
  /** Each value that cannot be used is left out, as if nobody had said it; so is a camera that is nothing without it. */
  readonly config: Config;
  /** The place of each of its cameras in the configuration as written. */
  readonly cameraIndexes: readonly number[];
}

/**
 * @param root the values as they were said
 * @param wrong where the values are that cannot be used
 * @returns null where nothing can be made of the rest
 */
export function usablePart(root: object, wrong: readonly Path[]): UsablePart | null {
  const rest = structuredClone(root) as Record<string, unknown>;
  for (const path of wrong) leaveOut(rest, path);
  const parsed = configSchema.safeParse(rest);
  const broken = new Set(parsed.error?.issues.flatMap(({ path }) => (path[0] === 'cameras' ? [path[1]] : [])));
  const cameras = Array.isArray(rest['cameras']) ? rest['cameras'] : [];
  const indexes = [...cameras.keys()].filter((index) => !broken.has(index));
  rest['cameras'] = indexes.map((index) => cameras[index]);
  // what needs a value that is left out goes with its whole section
  for (const { path } of configSchema.safeParse(rest).error?.issues ?? []) delete rest[String(path[0])];
  const { data } = configSchema.safeParse(rest);
  return data === undefined ? null : { config: data, cameraIndexes: indexes };
}

function leaveOut(tree: Record<string, unknown>, path: Path): void {
  let section: unknown = tree;
  for (const key of path.slice(0, -1)) {
    section = isTree(section) && Object.hasOwn(section, key) ? section[key] : undefined;
  }
  const last = path.at(-1)!;
  // a place in a list is kept, for the places behind it to keep their numbers
  if (Array.isArray(section)) section[Number(last)] = null;
  else if (isTree(section)) delete section[last];
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
