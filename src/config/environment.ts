import { didYouMean } from '../foundation/validate.js';
import { CAMERA_KEYS, cameraVariable, KEYS, OTHER_VARIABLES } from './keys.js';
import { isMapping, nodeAt, type Path, type SchemaNode } from './schema.js';

/** A variable that sets a key. */
export interface EnvironmentSetting {
  readonly path: Path;
  readonly value: unknown;
  readonly variable: string;
}

export interface Settings {
  readonly settings: readonly EnvironmentSetting[];
  readonly problems: readonly string[];
}

const PREFIX = 'EDGE_';
const CAMERA_PREFIX = 'EDGE_CAMERA_';

/** The settings that `EDGE_…` variables make, those of single cameras aside. An empty variable counts as unset. */
export function readEnvironment(env: NodeJS.ProcessEnv): Settings {
  const settings: EnvironmentSetting[] = [];
  const problems: string[] = [];
  const known = new Map<string, string>([
    ...KEYS.flatMap((key): [string, string][] => (key.variable === null ? [] : [[key.variable, key.path]])),
    ...Object.entries(OTHER_VARIABLES),
  ]);
  for (const [variable, text] of ours(env)) {
    const path = known.get(variable)?.split('.');
    if (path) settings.push({ path, value: parseValue(text, nodeAt(path)!), variable });
    else if (!variable.startsWith(CAMERA_PREFIX)) problems.push(unknown(variable, [...known.keys()]));
  }
  return { settings, problems: [...problems, ...contradictions(settings)] };
}

/** The settings that `EDGE_CAMERA_<ID>_…` variables make for the cameras with these ids, in this order. */
export function readCameraVariables(env: NodeJS.ProcessEnv, ids: readonly (string | null)[]): Settings {
  const known = new Map<string, { path: Path; camera: string }[]>();
  for (const [index, id] of ids.entries()) {
    if (id === null) continue;
    for (const { path } of CAMERA_KEYS.filter(({ variable }) => variable !== null)) {
      const key = path.slice(path.lastIndexOf('.') + 1);
      const variable = cameraVariable(id, key);
      known.set(variable, [...(known.get(variable) ?? []), { path: ['cameras', `${index}`, key], camera: id }]);
    }
  }
  const settings: EnvironmentSetting[] = [];
  const problems: string[] = [];
  for (const [variable, text] of ours(env)) {
    if (!variable.startsWith(CAMERA_PREFIX)) continue;
    const [target, other] = known.get(variable) ?? [];
    if (target === undefined) {
      const why = known.size === 0 ? ', no camera is configured that it could belong to' : '';
      problems.push(`${unknown(variable, [...known.keys()])}${why}`);
    } else if (other) {
      problems.push(`${variable}: expected one camera, got both ${target.camera} and ${other.camera}; rename one`);
    } else settings.push({ path: target.path, value: parseValue(text, nodeAt(target.path)!), variable });
  }
  return { settings, problems };
}

/** Of the fleet's commands, which are no part of a device's configuration. */
const OF_THE_FLEET: ReadonlySet<string> = new Set(['EDGE_COMMAND_KEY', 'EDGE_FLEET_TOKEN']);

function ours(env: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[0].startsWith(PREFIX) && !OF_THE_FLEET.has(entry[0]) && entry[1] !== undefined && entry[1] !== '',
  );
}

function unknown(variable: string, known: readonly string[]): string {
  const meant = didYouMean(variable, known);
  return `${variable}: unknown variable${meant ? `, did you mean ${meant}?` : ''}`;
}

/** Two variables for one key that say different things. */
function contradictions(settings: readonly EnvironmentSetting[]): string[] {
  return settings.flatMap((one, index) =>
    settings
      .slice(index + 1)
      .filter((two) => two.path.join() === one.path.join() && two.value !== one.value)
      .map((two) => `${one.variable} and ${two.variable}: both set ${one.path.join('.')}, to different values`),
  );
}

/** A text as the kind of value that its node expects; what cannot be read stays text, for the check to name. */
function parseValue(text: string, node: SchemaNode): unknown {
  switch (node.type) {
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.trim().toLowerCase()] ?? text;
    case 'array':
      return (
        parseJson(text, '[') ??
        text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '')
      );
    default:
      return isMapping(node) ? (parseJson(text, '{') ?? text) : text;
  }
}

function parseJson(text: string, opening: string): unknown {
  if (!text.trim().startsWith(opening)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
