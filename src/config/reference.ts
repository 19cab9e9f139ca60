import { CAMERA_KEYS, entryKeys, KEYS, type Key, OTHER_VARIABLES, TENANT_KEYS } from './keys.js';
import { isMapping, nodeAt, type SchemaNode } from './schema.js';

const INTRODUCTION = `# Configuration

Generated from \`src/config/config.ts\` by \`npm run docs\`; a test keeps it current.

A value comes from the last of these that says it:

1. the default in the tables below
2. \`device-config/<board>.yaml\` of the board (\`board: auto\` recognises it; \`none\` takes no file; in a container, where
   little of the hardware can be seen, name it)
3. the site's file: \`--config site.yaml\` (YAML 1.2 or JSON; begin with [example-site.yaml](example-site.yaml))
4. environment variables, named in the tables; an empty one counts as unset
5. command-line flags

Values are read when the program starts: a change takes effect at the next start.

Sections and mappings merge key by key; any other value, also a list, is replaced as a whole.

- \`edge-optimizer config check site.yaml\` reports every problem that \`run\` would have, at once: model, variant, classes, cameras,
  files, folders, programs and ports are resolved on this machine; exit code 2 if there is one. No camera is opened and no
  process started: what only that can tell is listed as not tried. \`--no-files\` checks a file for another machine.
- \`edge-optimizer config show --config site.yaml\` prints every value and where it came from.
- Unknown keys and unknown \`EDGE_…\` variables are errors.
- Passwords and tokens come from the environment or from files named by a \`…File\` key, and nowhere else. Paths of such
  files, and of certificates, are relative to the file that names them (from a variable or flag: to the working folder);
  they must be readable.
- Editors: \`# yaml-language-server: $schema=PATH/configuration.schema.json\` as the first line of the file gives
  completion and checks while typing.

In variables, a list is comma-separated or JSON (\`EDGE_DETECTOR_PROVIDERS=cuda,cpu\`), a mapping is JSON, and true or
false may also be 1 or 0. \`<ID>\` is the camera's id in capitals with \`_\` for \`-\`: \`EDGE_CAMERA_NORTH_GATE_URL\` for
\`north-gate\`, which must be in the list of cameras.
`;

/** docs/configuration.md: one table per section, from the schema. */
export function referenceMarkdown(): string {
  const sections = new Map<string, Key[]>();
  for (const key of KEYS) {
    const section = key.path.includes('.') ? key.path.slice(0, key.path.lastIndexOf('.')) : '';
    sections.set(section, [...(sections.get(section) ?? []), key]);
  }
  const parts = [...sections].map(([section, keys]) => table(section === '' ? 'Top level' : `\`${section}\``, keys));
  parts.splice(
    1,
    0,
    table('`cameras`: each entry of the list', CAMERA_KEYS),
    ...CAMERA_KEYS.flatMap(entryTable),
    table('`tenants`: each entry of the list', TENANT_KEYS),
  );
  const aliases = Object.entries(OTHER_VARIABLES).map(([name, path]) => `- \`${name}\` sets \`${path}\`.`);
  return `${[INTRODUCTION, ...parts, `## Other variables\n\n${aliases.join('\n')}\n`].join('\n')}`;
}

/** The keys of a camera's list of sections, such as its lines. */
function entryTable(key: Key): string[] {
  const keys = entryKeys(key);
  return keys.length === 0 ? [] : [table(`\`cameras[].${lastPart(key.path)}\`: each entry of the list`, keys)];
}

function table(title: string, keys: readonly Key[]): string {
  const rows = keys.map(({ path, node, variable }) =>
    [
      code(nameIn(path)),
      typeOf(node),
      defaultOf(path, node),
      rangeOf(node),
      variable === null ? '' : code(variable),
      prose(node.description ?? ''),
    ]
      .map(cell)
      .join(' | '),
  );
  const head = 'Key | Type | Default | Range | Variable | Meaning';
  return `## ${title}\n\n${[head, '--- | --- | --- | --- | --- | ---', ...rows].map((row) => `| ${row} |`).join('\n')}\n`;
}

/** Within its table: `mqtt.broker` of a tenant. */
function nameIn(path: string): string {
  return path.startsWith('tenants.*.') ? path.slice('tenants.*.'.length) : lastPart(path);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function typeOf(node: SchemaNode): string {
  if (node.secret) return 'text, secret';
  if (node.enum) return node.enum.map((value) => code(String(value))).join(', ');
  if (node.anyOf) return [...new Set(node.anyOf.map((branch) => typeOf(branch)))].join(' or ');
  if (isMapping(node)) return `mapping of names to ${typeOf(node.additionalProperties as SchemaNode)}`;
  switch (node.type) {
    case 'array':
      return listOf(node.items!);
    case 'object':
      return `{${Object.keys(node.properties!).join(', ')}}`;
    case 'string':
      return node.input ? 'file' : 'text';
    case 'boolean':
      return 'true or false';
    default:
      return node.type === 'integer' ? 'whole number' : 'number';
  }
}

/** A tuple, such as a point, is written as what stands in each place. */
function listOf(items: SchemaNode | readonly SchemaNode[]): string {
  if ('length' in items) return `[${items.map(typeOf).join(', ')}]`;
  return items.properties ? 'list of sections' : `list of ${typeOf(items)}`;
}

function defaultOf(path: string, node: SchemaNode): string {
  if (node.default !== undefined)
    return code(typeof node.default === 'string' ? node.default : JSON.stringify(node.default));
  const section = nodeAt(path.replaceAll('*', '0').split('.').slice(0, -1));
  return section?.required?.includes(lastPart(path)) ? '*required*' : 'unset';
}

function rangeOf(node: SchemaNode): string {
  const { minimum, maximum, unit, maxItems, minItems, minLength } = node;
  if (minimum !== undefined || maximum !== undefined) return `${minimum} … ${maximum}${unit ? ` ${unit}` : ''}`;
  if (minItems !== undefined && minItems === maxItems) return '';
  if (minItems !== undefined && maxItems !== undefined) return `${minItems} … ${maxItems} entries`;
  if (maxItems !== undefined) return `up to ${maxItems} entries`;
  if (minItems !== undefined) return `at least ${minItems}`;
  return (minLength ?? 0) > 1 ? `at least ${minLength} characters` : '';
}

function code(text: string): string {
  return `\`${text}\``;
}

/** `<board>` is no HTML. */
function prose(text: string): string {
  return text.replaceAll('<', '&lt;');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
