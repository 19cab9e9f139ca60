import { isSection, type SchemaNode, schemaRoot } from './schema.js';

/** One key that a person can set. */
export interface Key {
  /** `mqtt.broker`; a key of a camera is `cameras.*.url`. */
  readonly path: string;
  /** `EDGE_MQTT_BROKER`; `EDGE_CAMERA_<ID>_URL` for a key of a camera; null where no variable sets it. */
  readonly variable: string | null;
  readonly node: SchemaNode;
}

/** Variables with another name than their path would give: the name → the path they set. */
export const OTHER_VARIABLES: Readonly<Record<string, string>> = { EDGE_FFMPEG: 'capture.ffmpeg.path' };

/** `intraOpThreads` → `INTRA_OP_THREADS`, `camera-1` → `CAMERA_1` */
function variablePart(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}

/** The variable that sets a key of the camera called `id`. */
export function cameraVariable(id: string, key: string): string {
  return `EDGE_CAMERA_${id.replaceAll('-', '_').toUpperCase()}_${variablePart(key)}`;
}

function keysOf(node: SchemaNode, path: readonly string[]): Key[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const here = [...path, name];
    if (isSection(child)) return keysOf(child, here);
    return { path: here.join('.'), variable: `EDGE_${here.map(variablePart).join('_')}`, node: child };
  });
}

/** Every key but those of a single camera, in the order of the schema. */
export const KEYS: readonly Key[] = keysOf(schemaRoot, []);

/** The keys of each entry of a list of sections; no variable sets one alone. */
export function entryKeys({ path, node }: Key): Key[] {
  return Object.entries(node.items?.properties ?? {}).map(([name, child]) => ({
    path: `${path}.*.${name}`,
    variable: null,
    node: child,
  }));
}

/** Every key of a single tenant, those of its sections as `tenants.*.mqtt.broker`; no variable sets one. */
export const TENANT_KEYS: readonly Key[] = keysOf(schemaRoot.properties!['tenants']!.items!, ['tenants', '*']).map(
  (key) => ({ ...key, variable: null }),
);

/** Every key of a single camera; its id has no variable, because the id says which variables are the camera's. */
export const CAMERA_KEYS: readonly Key[] = Object.entries(schemaRoot.properties!['cameras']!.items!.properties!).map(
  ([name, node]) => ({
    path: `cameras.*.${name}`,
    variable: name === 'id' ? null : `EDGE_CAMERA_<ID>_${variablePart(name)}`,
    node,
  }),
);
