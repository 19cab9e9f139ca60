import { isSection, type SchemaNode, schemaRoot } from './schema.js';

/**
 * The JSON Schema (draft 7) of a site's file, for editors: secrets are left out, because a file must not say them, and
 * units stand in the descriptions. A camera's url is not required, because urlFile or a variable may give it.
 */
export function editorSchema(): object {
  const { $schema, ...root } = forEditors(schemaRoot) as SchemaNode & { $schema?: string };
  return {
    $schema,
    title: 'edge-inference-optimizer configuration',
    description: "A site's configuration file; generated from src/config/config.ts by npm run docs.",
    ...root,
  };
}

function forEditors(node: SchemaNode): SchemaNode {
  const { unit, secret, input, properties, items, anyOf, required, description, ...rest } = node;
  return {
    ...(description !== undefined && { description: unit ? `${description} Unit: ${unit}.` : description }),
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties)
          .filter(([, child]) => !child.secret)
          .map(([name, child]) => [name, isSection(child) ? orEmpty(forEditors(child)) : forEditors(child)]),
      ),
    }),
    ...(required && { required: required.filter((name) => name !== 'url') }),
    ...(items && { items: forItems(items) as SchemaNode }),
    ...(anyOf && { anyOf: anyOf.map(forEditors) }),
  };
}

/** A tuple has a schema for each place. */
function forItems(items: SchemaNode | readonly SchemaNode[]): SchemaNode | readonly SchemaNode[] {
  return 'length' in items ? items.map(forEditors) : forEditors(items);
}

/** A section whose keys are all commented out reads as null. */
function orEmpty(section: SchemaNode): SchemaNode {
  return { ...section, type: ['object', 'null'] as never };
}
