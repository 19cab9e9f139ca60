import { z } from '../foundation/validate.js';
import { configSchema } from './config.js';

/** A place in the configuration: `['cameras', '0', 'url']`; written with dots for people. */
export type Path = readonly string[];

/** The part of JSON Schema that the configuration's schema uses, with the metadata of src/config/config.ts. */
export interface SchemaNode {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  additionalProperties?: SchemaNode | boolean;
  propertyNames?: SchemaNode;
  items?: SchemaNode;
  anyOf?: readonly SchemaNode[];
  enum?: readonly unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  description?: string;
  unit?: string;
  secret?: boolean;
  input?: boolean;
}

/** What may be written in a configuration file, as JSON Schema (draft 7) made from the one zod schema. */
export const schemaRoot = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' }) as SchemaNode;

/** Whether a node is a section: keys with names of their own, as opposed to a mapping of free names. */
export function isSection(node: SchemaNode | null): node is SchemaNode & { properties: Record<string, SchemaNode> } {
  return node?.properties !== undefined;
}

/** Whether a node is a mapping of free names to values of one kind. */
export function isMapping(node: SchemaNode | null): boolean {
  return node?.type === 'object' && node.properties === undefined;
}

/** The schema of the value at `path` (list indexes count as keys), or null where the schema knows no such place. */
export function nodeAt(path: Path): SchemaNode | null {
  let node: SchemaNode | null = schemaRoot;
  for (const key of path) {
    node = child(node, key);
    if (node === null) return null;
  }
  return node;
}

function child(node: SchemaNode, key: string): SchemaNode | null {
  if (node.anyOf) {
    for (const branch of node.anyOf) {
      const found = child(branch, key);
      if (found) return found;
    }
    return null;
  }
  if (node.properties) return Object.hasOwn(node.properties, key) ? node.properties[key]! : null;
  if (node.items) {
    if (!/^\d+$/.test(key)) return null;
    // a list of fixed length has a schema per place
    return Array.isArray(node.items) ? ((node.items as SchemaNode[])[Number(key)] ?? null) : node.items;
  }
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : null;
}

/** What a value of this node must be, for people: `a whole number from 500 to 120000 ms`. */
export function expectation(node: SchemaNode): string {
  if (node.anyOf) return node.anyOf.map(expectation).join(', or ');
  if (node.enum) return node.enum.length === 1 ? `${node.enum[0]}` : `one of ${node.enum.join(', ')}`;
  switch (node.type) {
    case 'integer':
    case 'number':
      return `${node.type === 'integer' ? 'a whole number' : 'a number'} ${range(node)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list${entries(node)}${node.items?.enum ? `, each ${expectation(node.items)}` : ''}`;
    case 'object':
      return node.properties
        ? `a section with ${Object.keys(node.properties).join(', ')}`
        : 'a mapping of names to values';
    default:
      return (node.minLength ?? 0) > 1 ? `at least ${node.minLength} characters` : 'text';
  }
}

function range(node: SchemaNode): string {
  return `from ${node.minimum} to ${node.maximum}${node.unit ? ` ${node.unit}` : ''}`;
}

function entries(node: SchemaNode): string {
  if (node.minItems !== undefined) return ` with at least ${node.minItems} entr${node.minItems === 1 ? 'y' : 'ies'}`;
  return node.maxItems === undefined ? '' : ` of at most ${node.maxItems} entries`;
}
