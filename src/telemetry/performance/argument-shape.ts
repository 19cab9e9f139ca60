/** Arguments, members and depth that are looked at: a shape is one line for a person. */
const MOST_NAMES = 6;
const MOST_DEPTH = 2;

/**
 * What arguments look like without what is in them: `Uint8Array(691200), { width: number, height: number }, string(12)`.
 * Neither text nor numbers of the caller get out that way, since they may be secrets.
 */
export function argumentShape(values: readonly unknown[]): string {
  const shown = values.slice(0, MOST_NAMES).map((value) => shapeOf(value, 0));
  if (values.length > MOST_NAMES) shown.push('…');
  return shown.join(', ');
}

function shapeOf(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `string(${value.length})`;
  if (typeof value !== 'object') return typeof value;
  try {
    return objectShape(value, depth);
  } catch {
    // a proxy or a getter that throws is no reason for the measured call to fail
    return 'object';
  }
}

function objectShape(value: object, depth: number): string {
  if (Array.isArray(value)) {
    const first = value.length > 0 && depth < MOST_DEPTH ? ` of ${shapeOf(value[0], depth + 1)}` : '';
    return `Array(${value.length})${first}`;
  }
  const name = value.constructor?.name ?? '';
  if (ArrayBuffer.isView(value)) return `${name}(${'length' in value ? value.length : value.byteLength})`;
  if (value instanceof Map || value instanceof Set) return `${name}(${value.size})`;
  if (name !== 'Object' && name !== '') return name;
  const keys = Object.keys(value);
  if (depth >= MOST_DEPTH) return `{ ${keys.length} keys }`;
  const members = keys.slice(0, MOST_NAMES).map((key) => `${key}: ${memberShape(value, key, depth)}`);
  if (keys.length > MOST_NAMES) members.push('…');
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** A getter is not called: what it does is not ours to start. */
function memberShape(value: object, key: string, depth: number): string {
  const property = Object.getOwnPropertyDescriptor(value, key);
  return property && 'value' in property ? shapeOf(property.value, depth + 1) : 'getter';
}
