import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { rememberSecret, rememberSecretsOf, rememberSecretsOfArguments } from '../foundation/known-secrets.js';
import { maskCredentials } from '../foundation/log.js';
import { isSecretName, maskArguments } from '../foundation/secret-values.js';
import { splitAddress } from '../foundation/userinfo.js';
import { CAMERA_KEYS, KEYS, type Key, TENANT_KEYS } from './keys.js';
import { LAYERS, type Layers } from './layers.js';
import { nodeAt, type Path } from './schema.js';
import { readText } from './site-file.js';

/** What was found wrong, and what is allowed but unwise. */
export interface Findings {
  readonly problems: string[];
  readonly warnings: string[];
}

/** What the files that a configuration names made of it. */
export interface InputFindings extends Findings {
  /** Values that should stand in a file which could not be read, or was not to be: a placeholder is in their place. */
  readonly unread: Path[];
}

// a key and the key of the file that may hold its value instead
const FROM_FILE: Readonly<Record<string, string>> = {
  'mqtt.password': 'mqtt.passwordFile',
  'http.token': 'http.tokenFile',
  'otlp.token': 'otlp.tokenFile',
  'evidence.push.secret': 'evidence.push.secretFile',
  'cameras.*.url': 'cameras.*.urlFile',
  'tenants.*.mqtt.password': 'tenants.*.mqtt.passwordFile',
  'tenants.*.http.token': 'tenants.*.http.tokenFile',
};
const MAX_SECRET_BYTES = 16 * 1024;
// stands for a value whose file could not be read, so that it is reported a second time neither as missing nor as another's
const unreadableValue = (place: Path): string => `unreadable-value-${place.join('-')}`;

/**
 * Refuses secrets that stand where others can read them: in a configuration file or on the command line. Credentials
 * inside an address typed on the command line are only warned of.
 */
export function refuseOpenSecrets(layers: Layers): Findings {
  const findings: Findings = { problems: [], warnings: [] };
  for (const { path, pattern, secret, hint } of candidates(layers)) {
    const value = layers.get(path);
    const layer = layers.layer(path);
    if (value === undefined || value === null || layer === null || layer === 'environment') continue;
    const at = path.join('.');
    const origin = layers.origin(path);
    const file = FROM_FILE[pattern]?.split('.').at(-1);
    const ways = [hint, file].filter(Boolean);
    // an address without a variable of its own leaves its login to the keys beside it
    const elsewhere = ways.length > 0 ? ways.join(' or ') : 'username and passwordFile';
    if (secret) findings.problems.push(`${at}: expected no secret here, got one (${origin}); use ${elsewhere}`);
    if (!secret && isCommandLine(value) && maskArguments(value, maskCredentials).join() !== value.join()) {
      findings.warnings.push(`${at}: a secret among arguments can be read by others (${origin})`);
    }
    if (secret || typeof value !== 'string') continue;
    if (splitAddress(value)?.userinfo.includes(':') && layer !== 'flags') {
      findings.problems.push(`${at}: expected an address without a password, got one (${origin}); use ${elsewhere}`);
    } else if (maskCredentials(value) !== value) {
      findings.warnings.push(`${at}: credentials in an address can be read by others (${origin}); use ${elsewhere}`);
    }
  }
  return findings;
}

function isCommandLine(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** From here on no message of this process repeats the secrets of a configuration, whether it can be used or not. */
export function rememberConfiguredSecrets(layers: Layers): void {
  for (const { path, secret } of candidates(layers)) {
    const value = layers.get(path);
    if (Array.isArray(value)) rememberSecretsOfArguments(value.filter((item) => typeof item === 'string'));
    else if (typeof value === 'object' && value !== null) rememberSecretsOfVariables(value);
    else if (secret) rememberSecret(String(value ?? ''), String(layers.get([...path.slice(0, -1), 'username']) ?? ''));
    else if (typeof value === 'string') rememberSecretsOf(value);
  }
}

/** Of the detector's environment. */
function rememberSecretsOfVariables(variables: object): void {
  for (const [name, value] of Object.entries(variables)) {
    if (typeof value !== 'string') continue;
    if (isSecretName(name)) rememberSecret(value);
    else rememberSecretsOf(value);
  }
}

/**
 * Makes the paths of input files absolute, checks that they can be read, and fills in the values that they hold.
 * @param look false: the files are on another machine, and every one is taken for good
 */
export function readInputFiles(layers: Layers, siteFile: string | undefined, look = true): InputFindings {
  const findings: InputFindings = { problems: [], warnings: [], unread: [] };
  for (const { path, pattern, input } of candidates(layers)) {
    const named = layers.get(path);
    if (!input || typeof named !== 'string' || named === '') continue;
    const layer = layers.layer(path)!;
    const origin = layers.origin(path)!;
    const file = resolve(layer === 'file' && siteFile ? dirname(siteFile) : '.', named);
    layers.put(layer, path, file, () => origin);
    const target = Object.keys(FROM_FILE).find((key) => FROM_FILE[key] === pattern);
    const problem = target ? fill(layers, path, target, look ? file : null, findings) : unreadable(file);
    if (look && problem !== null) findings.problems.push(`${path.join('.')}: ${problem}: ${file} (${origin})`);
  }
  return findings;
}

/**
 * Puts the content of `file` where `target` says. Where a later source says a value itself, the file is out of use and
 * its key goes: nobody must take it for the origin of that value.
 * @param file null: it is not looked at
 */
function fill(layers: Layers, path: Path, target: string, file: string | null, findings: InputFindings): string | null {
  const place = [...path.slice(0, -1), target.split('.').at(-1)!];
  const layer = layers.layer(path)!;
  const other = layers.layer(place);
  if (other !== null && LAYERS.indexOf(other) > LAYERS.indexOf(layer)) {
    layers.drop(path);
    return null;
  }
  const origin = `${path.join('.')}, ${layers.origin(path)}`;
  const read = file === null ? { problem: 'it is not looked at' } : readText(file, MAX_SECRET_BYTES);
  const value = 'text' in read ? read.text.trim() : unreadableValue(place);
  const usable = 'text' in read && !value.includes('\n');
  layers.put(layer, place, usable ? value : unreadableValue(place), () => origin);
  if (!usable) findings.unread.push(place);
  if ('problem' in read) return read.problem;
  if (!usable) return 'expected a single line, got several';
  if (read.othersCanRead) {
    findings.warnings.push(`${path.join('.')}: others on this machine can read ${file}; chmod 600 keeps it private`);
  }
  return null;
}

function unreadable(file: string): string | null {
  try {
    accessSync(file, constants.R_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : 'not allowed to read this file';
  }
}

interface Candidate {
  readonly path: Path;
  readonly pattern: string;
  readonly secret: boolean;
  readonly input: boolean;
  /** the variable that sets it */
  readonly hint: string;
}

/** Every key, those of each configured camera and tenant included. */
function candidates(layers: Layers): Candidate[] {
  return [
    ...KEYS.map((key) => ({ key, path: key.path.split('.') })),
    ...entries(layers, 'cameras', CAMERA_KEYS),
    ...entries(layers, 'tenants', TENANT_KEYS),
  ].map(({ key, path }) => ({
    path,
    pattern: key.path,
    secret: key.node.secret === true,
    input: key.node.input === true,
    hint: key.variable ?? '',
  }));
}

/** The keys of each entry of a list, no more of them than the schema allows. */
function entries(layers: Layers, list: string, keys: readonly Key[]): { key: Key; path: string[] }[] {
  const said = layers.get([list]);
  const count = Array.isArray(said) ? Math.min(said.length, nodeAt([list])!.maxItems!) : 0;
  return Array.from({ length: count }, (_, index) =>
    keys.map((key) => ({ key, path: key.path.replace('*', `${index}`).split('.') })),
  ).flat();
}
