import type { Config } from './config.js';
import type { Layers, ValueOrigin } from './layers.js';
import { isMapping, isSection, type Path, type SchemaNode, schemaRoot } from './schema.js';

/** One value that is set, and its dotted path. */
export interface Leaf {
  readonly path: Path;
  readonly value: unknown;
  readonly node: SchemaNode;
}

/**
 * The values of a configuration one by one, in the order of the schema: sections, mappings and the list of cameras are
 * opened, other lists are one value. Unset keys are left out.
 */
export function leavesOf(config: Config): Leaf[] {
  return leaves(config, schemaRoot, []);
}

/** Where each value of a configuration came from, by dotted path. */
export function originsOf(config: Config, layers: Layers): Map<string, ValueOrigin> {
  return new Map(leavesOf(config).map(({ path }) => [path.join('.'), layers.origin(path) ?? 'default']));
}

function leaves(value: unknown, node: SchemaNode, path: Path): Leaf[] {
  if (value === undefined) return [];
  if (isSection(node)) {
    return Object.entries(node.properties).flatMap(([key, child]) =>
      leaves((value as Record<string, unknown>)[key], child, [...path, key]),
    );
  }
  if (isMapping(node) && Object.keys(value as object).length > 0) {
    const child = node.additionalProperties as SchemaNode;
    return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, child, [...path, key]));
  }
  if (node.items && isSection(node.items) && (value as unknown[]).length > 0) {
    return (value as unknown[]).flatMap((item, index) => leaves(item, node.items!, [...path, `${index}`]));
  }
  return [{ path, value, node }];
}
