import { join } from 'node:path';
import { chooseBoard } from '../board/board.js';
import { ConfigError } from '../foundation/errors.js';
import { PROJECT_ROOT } from '../foundation/home.js';
import { type Config, configSchema } from './config.js';
import { type EnvironmentSetting, readCameraVariables, readEnvironment } from './environment.js';
import { Layers, type ValueOrigin } from './layers.js';
import { originsOf } from './origins.js';
import { describeIssues } from './problems.js';
import { Values } from './rule-values.js';
import { adviceOn, checkRules } from './rules.js';
import type { Path } from './schema.js';
import { readInputFiles, refuseOpenSecrets, rememberConfiguredSecrets } from './secrets.js';
import { type ConfigText, readConfigFile } from './site-file.js';
import { type UsablePart, usablePart } from './usable-part.js';

/** Where a configuration comes from, the weakest first: board file, site's file, environment, flags. */
export interface ConfigSources {
  /** The site's file. */
  readonly file?: string;
  /** What the site's file is to say, before it is written; unset: what it says. */
  readonly fileText?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Dotted path → value with its type: `{ 'mqtt.broker': 'embedded' }`; undefined says nothing. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Dotted path → what the person typed: `{ 'mqtt.broker': '--broker' }`; for origins and messages. */
  readonly flagNames?: Readonly<Record<string, string>>;
  /** Where /proc is looked for to recognise the board; default `/`. */
  readonly boardRoot?: string;
  /** `elsewhere`: the files that it names (secrets, certificates) are on another machine and are taken for good. */
  readonly inputFiles?: 'here' | 'elsewhere';
  /** Folder of the board files; default the project's device-config. */
  readonly deviceConfigDir?: string;
}

export interface LoadedConfig {
  /** Every default filled in, secrets read from their files, frozen in depth. */
  readonly config: Config;
  /** Dotted path of each value (`mqtt.broker`, `cameras.0.url`) → where it came from. */
  readonly origins: ReadonlyMap<string, ValueOrigin>;
  /** The board whose file lies beneath; null for none. */
  readonly board: string | null;
  /** What is allowed but unwise, one sentence each; no secrets in them. */
  readonly warnings: readonly string[];
}

/** A configuration with whatever is wrong with it, for a check that goes on behind the first problem. */
export interface ReadConfig {
  /** null where there are problems. */
  readonly loaded: LoadedConfig | null;
  /** `path: expected X, got Y`, of every source. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly board: string | null;
  /** What can be looked at further; null where nothing can. */
  readonly usable: UsablePart | null;
  /** ` (file site.yaml:12, EDGE_X)`: where the values at these dotted paths were said; empty for defaults. */
  said(...paths: string[]): string;
}

/**
 * Lays the sources over each other, checks the result and freezes it.
 *
 * @throws ConfigError with every problem of every source at once
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { loaded, problems } = readConfig(sources);
  if (loaded === null) throw configError(sources.file, problems);
  return loaded;
}

/** @param file the site's */
export function configError(file: string | undefined, problems: readonly string[]): ConfigError {
  return new ConfigError(heading(file, problems.length), problems);
}

/** As `loadConfig`, and tells what is wrong instead of throwing it. */
export function readConfig(sources: ConfigSources): ReadConfig {
  const layers = new Layers();
  const problems: string[] = [];
  const site = sources.file === undefined ? null : readConfigFile(sources.file, sources.fileText);
  const environment = readEnvironment(sources.env);
  problems.push(...(site?.problems ?? []), ...environment.problems);

  const deviceConfigDir = sources.deviceConfigDir ?? join(PROJECT_ROOT, 'device-config');
  const wanted = wantedBoard(sources.flags, environment.settings, site);
  const { board, problem } = chooseBoard(wanted, { root: sources.boardRoot ?? '/', folder: deviceConfigDir });
  if (problem !== null) problems.push(problem);

  if (board !== null) problems.push(...layBoard(layers, board, join(deviceConfigDir, `${board}.yaml`)));
  if (site) layers.put('file', [], site.data, (path) => located(`file ${site.name}`, site.lineOf(path)));
  const forCameras = layVariables(layers, sources.env, environment.settings);
  // cameras that flags replace, or that stand in a file that cannot be read, are not missed by their variables
  const camerasAreKnown = sources.flags?.['cameras'] === undefined && !site?.problems.length;
  if (camerasAreKnown) problems.push(...forCameras);
  for (const [path, value] of Object.entries(sources.flags ?? {})) {
    layers.put('flags', path.split('.'), value, () => sources.flagNames?.[path] ?? `flag ${path}`);
  }

  const open = refuseOpenSecrets(layers);
  const files = readInputFiles(layers, sources.file, sources.inputFiles !== 'elsewhere');
  rememberConfiguredSecrets(layers);
  problems.push(...open.problems, ...files.problems);
  const parsed = configSchema.safeParse(layers.root);
  const faults = parsed.success ? [] : describeIssues(parsed.error.issues, layers);
  const wrong = faults.map((fault) => fault.path);
  problems.push(...faults.map((fault) => fault.text), ...checkRules(layers, wrong));

  const warnings = [...open.warnings, ...files.warnings, ...(problems.length === 0 ? adviceOn(layers) : [])];
  const usable = usablePart(layers.root, [...wrong, ...files.unread]);
  const values = new Values(layers, []);
  const said = (...paths: string[]) => values.said(...paths);
  if (problems.length > 0 || !parsed.success) return { loaded: null, problems, warnings, board, usable, said };
  const config = deepFreeze(parsed.data);
  const loaded = { config, origins: originsOf(config, layers), board, warnings };
  return { loaded, problems, warnings, board, usable, said };
}

function layBoard(layers: Layers, board: string, file: string): readonly string[] {
  const text = readConfigFile(file);
  layers.put('board', [], text.data, () => `board ${board}`);
  if (layers.get(['board']) === undefined) return text.problems;
  return [...text.problems, `board: expected no key board in a board's file, got one (${file})`];
}

/** Cameras are looked up by id after the other variables, one of which may have set them all. */
function layVariables(
  layers: Layers,
  env: NodeJS.ProcessEnv,
  settings: readonly EnvironmentSetting[],
): readonly string[] {
  for (const { path, value, variable } of settings) layers.put('environment', path, value, () => variable);
  const cameras = layers.get(['cameras']);
  const ids = Array.isArray(cameras) ? cameras.map((camera: { id?: unknown } | null) => idOf(camera)) : [];
  const forCameras = readCameraVariables(env, ids);
  for (const { path, value, variable } of forCameras.settings) layers.put('environment', path, value, () => variable);
  return forCameras.problems;
}

function idOf(camera: { id?: unknown } | null): string | null {
  return typeof camera?.id === 'string' ? camera.id : null;
}

function wantedBoard(
  flags: ConfigSources['flags'],
  settings: readonly EnvironmentSetting[],
  site: ConfigText | null,
): string {
  const said = flags?.['board'] ?? settings.find(({ path }) => isBoard(path))?.value ?? site?.data['board'] ?? 'auto';
  // anything but text is reported by the check of the schema
  return typeof said === 'string' ? said : 'none';
}

function isBoard(path: Path): boolean {
  return path.length === 1 && path[0] === 'board';
}

function located(what: string, line: number | null): ValueOrigin {
  return line === null ? what : `${what}:${line}`;
}

function heading(file: string | undefined, count: number): string {
  const what = file === undefined ? 'The configuration' : `The configuration ${file}`;
  return `${what} cannot be used, ${count === 1 ? 'one problem' : `${count} problems`}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
